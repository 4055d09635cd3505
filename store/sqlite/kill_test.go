package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"carillon/store/engine"
)

// childVariable makes this test binary a writer of the database that it names.
const childVariable = "CARILLON_TEST_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		fmt.Fprintln(os.Stderr, writeForEver(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeForEver inserts pairs and prints the name of each once it is durable.
func writeForEver(path string) error {
	e, err := openQuiet(path)
	if err != nil {
		return err
	}
	var next atomic.Int64
	failed := make(chan error)
	for range 16 {
		go func() {
			for {
				pair := fmt.Sprintf("%d-%d", os.Getpid(), next.Add(1))
				if err := insertPair(e, pair); err != nil {
					failed <- err
					return
				}
				fmt.Println(pair)
			}
		}()
	}
	return <-failed
}

func insertPair(e engine.Engine, pair string) error {
	return e.Update(context.Background(), func(tx engine.Tx) error {
		for _, half := range []string{"first-", "second-"} {
			if _, err := tx.Exec("INSERT INTO halves (id, pair) VALUES ($1, $2)", half+pair, pair); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestKill kills a writing process again and again: what it has acknowledged
// is there, nothing is there by half, and opening needs no repair.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "carillon.db")
	e := open(t, path)
	mustExec(t, e, "CREATE TABLE halves (id KEYTEXT NOT NULL PRIMARY KEY, pair TEXT NOT NULL)")
	var acknowledged []string
	for round := range 5 {
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		acknowledged = append(acknowledged, killWriter(t, path, time.Duration(100+37*round)*time.Millisecond)...)
		e = open(t, path)
		checkPairs(t, e, acknowledged)
	}
	t.Logf("%d updates were acknowledged", len(acknowledged))
}

// killWriter lets a process write for a while, kills it and returns what it
// has acknowledged.
func killWriter(t *testing.T, path string, after time.Duration) (acknowledged []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for line, err := lines.ReadString('\n'); err == nil; line, err = lines.ReadString('\n') {
		if len(acknowledged) == 0 {
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
		acknowledged = append(acknowledged, line[:len(line)-1])
	}
	_ = cmd.Wait() // it was killed
	if len(acknowledged) == 0 {
		t.Fatal("the writer has written nothing")
	}
	return acknowledged
}

func checkPairs(t *testing.T, e engine.Engine, acknowledged []string) {
	t.Helper()
	found := make(map[string]int)
	err := e.View(t.Context(), func(tx engine.Tx) error {
		return tx.Query("SELECT pair FROM halves", nil, func(r engine.Row) error {
			var pair string
			err := r.Scan(&pair)
			found[pair]++
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(acknowledged, func(pair string) bool { return found[pair] == 0 }); i >= 0 {
		t.Errorf("%s was acknowledged and is lost", acknowledged[i])
	}
	for pair, n := range found {
		if n != 2 {
			t.Errorf("%s is there by half", pair)
		}
	}
}
