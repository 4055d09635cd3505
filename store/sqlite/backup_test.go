package sqlite

import (
	"io"
	"log/slog"
	"path/filepath"
	"testing"

	"carillon/store/engine"
)

// TestBackup copies a database under load: what was there before is in the copy,
// which is whole.
func TestBackup(t *testing.T) {
	e, _ := openLogging(t, filepath.Join(t.TempDir(), "carillon.db"), Options{})
	mustRun(t, e, "CREATE TABLE things (id TEXT PRIMARY KEY, data BLOB)")
	mustRun(t, e, "INSERT INTO things VALUES ('before', 'x')")
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				mustRun(t, e, "INSERT INTO things SELECT hex(randomblob(16)), randomblob(900)")
			}
		}
	}()
	to := filepath.Join(t.TempDir(), "copy.db")
	err := e.Backup(t.Context(), to)
	close(stop)
	<-stopped
	if err != nil {
		t.Fatal(err)
	}
	g, err := OpenGuest(t.Context(), to, Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	problems, notes, err := g.Check(t.Context())
	rows, err2 := g.Tables(t.Context())
	if err != nil || err2 != nil || len(problems) > 0 || len(notes) != 1 || rows["things"] < 1 {
		t.Errorf("problems %q, notes %q, rows %v, %v, %v", problems, notes, rows, err, err2)
	}
	if err := g.Update(t.Context(), func(engine.Tx) error { return nil }); err == nil {
		t.Error("a guest may write")
	}
}
