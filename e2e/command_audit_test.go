package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listedEvent is what carillon audit list prints of a record.
type listedEvent struct {
	EventId, EventName, Username, CloudTrailEvent string
}

func TestCommandAudit_list_export_verify(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		id := e.team(t)
		e.users(t, id, 3)
		list := func(args ...string) []listedEvent {
			return carillon[struct{ Events []listedEvent }](t, e.caller, append([]string{"audit", "list"}, args...)...).Events
		}
		equal(t, "all", len(list()), 4)
		equal(t, "of the account", len(list("--resource", id, "--event-name", "CreateUser")), 3)
		equal(t, "of another time", len(list("--end", "2020-01-01")), 0)
		equal(t, "of all accounts", len(list("--all-accounts", "--user-name", "root")), 4)
		file := filepath.Join(t.TempDir(), "audit.jsonl")
		e.tryCarillon(t, "audit", "export", file).succeeded(t)
		text, err := os.ReadFile(file)
		succeed(t, err)
		var exported []string
		for _, event := range slices.Backward(list()) {
			exported = append(exported, event.CloudTrailEvent)
		}
		equal(t, "export", strings.TrimSuffix(string(text), "\n"), strings.Join(exported, "\n"))
		e.tryCarillon(t, "audit", "verify").succeeded(t)
		lost := e.tryCarillon(t, "audit", "verify", "--head", "9:"+strings.Repeat("00", 32)) // a chain of nine batches was kept
		equal(t, "exit code", lost.code, exitFailed)
		if !strings.Contains(lost.stdout, `"Ok": false`) || !strings.Contains(lost.stderr, "batch 9") {
			t.Errorf("verify: %+v", lost)
		}
		e.tryCarillon(t, "audit", "export", filepath.Join(t.TempDir(), "no", "file")).failed(t, 1)
	})
}
