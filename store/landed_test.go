package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A migration that has landed is in somebody's database: what it should have
// been is another migration. SHA256SUMS, which sha256sum -c reads too, holds
// what has landed.
func TestMigrations_neverEdited(t *testing.T) {
	text, err := os.ReadFile("migrations/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	landed := map[string]string{}
	for line := range strings.Lines(string(text)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		landed[name] = sum
	}
	scripts, _ := filepath.Glob("migrations/*.sql") // the pattern is well-formed
	if len(landed) != len(scripts) {
		t.Errorf("%d scripts, and %d in SHA256SUMS; scripts/landed adds a new one and makes its fixtures", len(scripts), len(landed))
	}
	for name, want := range landed {
		if got := sum(t, filepath.Join("migrations", name)); got != want {
			t.Errorf("%s was edited after it had landed: write another migration", name)
		}
	}
}

func sum(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(content)
	return hex.EncodeToString(hash[:])
}
