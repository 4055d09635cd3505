package server

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"carillon/api"
)

// made has a file made for an owner, as the loop of a server does.
func made(t *testing.T, f *offers[string], owner, id, content string, failure error) {
	t.Helper()
	f.ask(&offer[string]{id: id, owner: owner, about: "about " + id})
	o := <-f.asked
	if got := f.look(owner, id); got == nil || got.state != api.BackupStateRunning {
		t.Fatalf("got %+v, want that it is being made", got)
	}
	if err := f.admits(owner); !errors.Is(err, errOfferTaken) {
		t.Errorf("while it is made: %v, want %v", err, errOfferTaken)
	}
	err := f.make(o, func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return errors.Join(err, failure)
	})
	if !errors.Is(err, failure) {
		t.Fatalf("got %v, want %v", err, failure)
	}
}

func TestOffers(t *testing.T) {
	f := newOffers[string](t.TempDir(), 2, time.Minute)
	made(t, f, "a", "1", "content", nil)
	got, err := f.read("a", "1", 3)
	if err != nil || got.about != "about 1" || got.size != 7 || got.content != "dGVudA==" {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, other := range [][2]string{{"a", "2"}, {"b", "1"}} {
		if got, err := f.read(other[0], other[1], 0); got != nil || err != nil {
			t.Errorf("%q: got %+v, %v, want none", other, got, err)
		}
	}
	if err := f.admits("a"); err != nil {
		t.Errorf("after the last part: %v", err)
	}
	made(t, f, "b", "2", "", nil)
	if err := f.admits("b"); !errors.Is(err, errOfferTaken) {
		t.Errorf("before it is read: %v, want %v", err, errOfferTaken)
	}
	made(t, f, "c", "3", "", nil) // what was read is in nobody's way
	if err := f.admits("d"); !errors.Is(err, errOffersFull) {
		t.Errorf("a third one: %v, want %v", err, errOffersFull)
	}
	f.forget(time.Now().Add(-time.Minute))
	if names := namesIn(t, f.dir); !slices.Equal(names, []string{"2", "3"}) {
		t.Errorf("%q are left, want those that were not read", names)
	}
}

// What fails leaves no file, tells why, and is in nobody's way.
func TestOffers_failure(t *testing.T) {
	f := newOffers[string](t.TempDir(), 1, time.Minute)
	full := errors.New("the disk is full")
	made(t, f, "a", "1", "a half", full)
	if names := namesIn(t, f.dir); len(names) > 0 {
		t.Errorf("%q are left", names)
	}
	if got, err := f.read("a", "1", 0); err != nil || got.state != api.BackupStateFailed || !errors.Is(got.err, full) {
		t.Errorf("got %+v, %v", got, err)
	}
	made(t, f, "a", "2", "whole", nil)
	if got := f.look("a", "2"); got == nil || got.state != api.BackupStateReady {
		t.Errorf("got %+v, want the second one", got)
	}
}

// The owner of an export learns that the disk was full, and nothing else of the server.
func TestExportFailure(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "/srv/secret", Err: syscall.ENOSPC}
	for err, want := range map[error]string{full: "no room", errors.New("/srv/secret"): "the log"} {
		if got := exportFailure(errors.Join(err)); !strings.Contains(got, want) || strings.Contains(got, "secret") {
			t.Errorf("of %v: %s", err, got)
		}
	}
}
