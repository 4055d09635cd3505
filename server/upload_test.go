package server

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"carillon/api"
)

// What the reader of an upload does in between takes nothing from the sender's time,
// and an upload pays for no memory.
func TestUpload(t *testing.T) {
	a := &arrivals{most: 1}
	r := httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader("ab"), bytes.NewReader(make([]byte, smallBody))))
	u := a.upload(httptest.NewRecorder(), r, 1<<20)
	left := u.left
	time.Sleep(20 * time.Millisecond)
	if n, err := u.Read(make([]byte, 2)); n != 2 || err != nil {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if u.left < left-10*time.Millisecond {
		t.Errorf("of %s there are %s left", left, u.left)
	}
	if n, err := io.Copy(io.Discard, u); n != smallBody || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if u.end(); a.coming.Len() != 0 || a.unpaid != 0 {
		t.Errorf("%d are coming, %d bytes not paid for", a.coming.Len(), a.unpaid)
	}
}

func TestUpload_refused(t *testing.T) {
	a := &arrivals{}
	read := func() error {
		u := a.upload(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader("abc")), 2)
		defer u.end()
		_, err := io.Copy(io.Discard, u)
		return err
	}
	if err := read(); !api.IsKind(err, api.EntityTooLarge) {
		t.Errorf("too long: %v", err)
	}
	a.stop()
	var refusal *api.Error
	if err := read(); !errors.As(err, &refusal) || refusal.Kind.Status != 503 {
		t.Errorf("a server that stops: %v", err)
	}
}
