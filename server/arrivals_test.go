package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections are pipes, which keep to the time of a
// test.
type pipes struct{ conns chan net.Conn }

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p pipes) dial() net.Conn {
	mine, theirs := net.Pipe()
	p.conns <- theirs
	return mine
}

// reading is a server that does nothing but read bodies.
func reading(t *testing.T, a *arrivals) pipes {
	p := pipes{make(chan net.Conn)}
	rich := account{room{counted{newShares(8<<20, time.Minute, nil)}, newShares(8<<20, time.Minute, nil)}, "x"}
	hs := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := &body{buf: new(bytes.Buffer), payer: rich}
		if err := a.receive(b, w, r); err != nil {
			hurry(w, r)
			(&exchange{door: newDoors().guess(r)}).refuse(w, err)
			return
		}
		b.release()
		fmt.Fprint(w, "read")
	})}
	go hs.Serve(p) //nolint:errcheck // ends with the test
	t.Cleanup(func() { close(p.conns) })
	return p
}

// post begins a request whose body comes in pieces, one each interval, and
// returns the status of the answer and when it came.
func post(t *testing.T, c net.Conn, length, piece int, interval time.Duration) (status int, took time.Duration) {
	t.Helper()
	var sending sync.WaitGroup
	defer func() {
		c.Close()
		sending.Wait()
		time.Sleep(time.Second) // net/http waits a little before it closes its end
	}()
	began := time.Now()
	sending.Go(func() {
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", length)
		for sent := 0; sent < length; sent += piece {
			if _, err := io.WriteString(c, strings.Repeat("x", min(piece, length-sent))); err != nil {
				return
			}
			time.Sleep(interval)
		}
	})
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode, time.Since(began)
}

func TestArrivals_pace(t *testing.T) {
	for _, test := range []struct {
		name          string
		length, piece int
		interval      time.Duration
		status        int
		from, to      time.Duration
	}{
		{"at once", 100_000, 100_000, 0, 200, 0, 0},
		{"the slowest allowed", 20 << 10, 512, 500 * time.Millisecond, 200, 19 * time.Second, 21 * time.Second},
		{"small, within the grace", 10, 1, 400 * time.Millisecond, 200, 3 * time.Second, 5 * time.Second},
		{"small and slow", 10, 1, 700 * time.Millisecond, 408, 5 * time.Second, 7 * time.Second},
		{"nothing", 10, 10, time.Hour, 200, 0, 0},
		{"half the pace", 1 << 20, 512, time.Second, 408, 9 * time.Second, 13 * time.Second},
		{"a lot, and then nothing", 900_000, 800_000, time.Hour, 408, 5 * time.Second, 7 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				status, took := post(t, reading(t, &arrivals{most: 1 << 20}).dial(), test.length, test.piece, test.interval)
				if status != test.status || took < test.from || took > test.to {
					t.Errorf("%d after %s", status, took)
				}
			})
		})
	}
}

// When the memory for bodies on their way is used up, the oldest goes.
func TestArrivals_oldestCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := reading(t, &arrivals{most: 10_000})
		results := make(chan int, 3)
		for i := range 3 {
			time.Sleep(100 * time.Millisecond)
			go func() {
				status, took := post(t, p.dial(), 8000, 4000, time.Second)
				if i == 0 && took > 2*time.Second {
					t.Errorf("the oldest went after %s", took)
				}
				results <- i<<16 | status
			}()
		}
		got := map[int]int{}
		for range 3 {
			r := <-results
			got[r>>16] = r & 0xffff
		}
		if got[0] != 408 || got[2] != 200 {
			t.Errorf("the answers are %v", got)
		}
	})
}

// A server that stops drops the bodies that have not come whole.
func TestArrivals_stop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &arrivals{most: 1 << 20}
		p := reading(t, a)
		time.AfterFunc(time.Second, a.stop)
		if status, took := post(t, p.dial(), 10, 1, 400*time.Millisecond); status != 503 || took > 3*time.Second {
			t.Errorf("%d after %s", status, took)
		}
		if status, took := post(t, p.dial(), 10, 5, time.Hour); status != 503 || took > 3*time.Second {
			t.Errorf("afterwards: %d after %s", status, took)
		}
		if n := a.coming.Len(); n > 0 || a.unpaid != 0 {
			t.Errorf("%d are left, of %d bytes", n, a.unpaid)
		}
	})
}
