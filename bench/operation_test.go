package main

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"carillon/access"
	"carillon/api"
	"carillon/chime"
	carillon "carillon/server"
	"carillon/store"
)

// The benchmarks of this file are whole operations without the network, and
// the parts that other packages do not measure; they show allocations.

var small = dataset{users: 2000, accounts: 4}

// handler returns Carillon on a small database, with its access log.
func handler(b *testing.B) http.Handler {
	dir := b.TempDir()
	if err := withSQLite(b.Context(), dir, func(s *store.Store) error { return small.fill(b.Context(), s) }); err != nil {
		b.Fatal(err)
	}
	srv, err := carillon.Open(b.Context(), carillon.Options{
		Data: dir, Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Quotas: chime.DefaultQuotas,
		Root: access.RootKey{AccessKeyID: rootKey.AccessKeyID, SecretAccessKey: rootKey.SecretAccessKey, AwsAccountID: awsAccount},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := srv.Close(); err != nil {
			b.Error(err)
		}
	})
	return srv.Handler
}

// operation measures one kind of request. Requests are made off the clock, a
// supply at a time; recording an answer is not, and takes some allocations.
func operation(b *testing.B, m maker) { repeat(b, handler(b), m) }

func repeat(b *testing.B, h http.Handler, m maker) {
	var supply []*http.Request
	b.ReportAllocs()
	for b.Loop() {
		if len(supply) == 0 {
			b.StopTimer()
			supply = received(b, made(m, 1000))
			b.StartTimer()
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, supply[0])
		supply = supply[1:]
		if w.Code >= http.StatusBadRequest {
			b.Fatalf("status %d: %s", w.Code, w.Body)
		}
	}
}

// received returns requests as a server receives them.
func received(b *testing.B, list []request) []*http.Request {
	out := make([]*http.Request, len(list))
	for i := range list {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(list[i].raw)))
		if err != nil {
			b.Fatal(err)
		}
		r.RemoteAddr = "127.0.0.1:4711"
		out[i] = r
	}
	return out
}

func BenchmarkGetUser(b *testing.B)          { operation(b, small.get) }
func BenchmarkListUsersByEmail(b *testing.B) { operation(b, small.byEmail) }
func BenchmarkListUsersPage(b *testing.B)    { operation(b, small.page) }
func BenchmarkCreateUser(b *testing.B)       { operation(b, small.create) }
func BenchmarkUpdateUser(b *testing.B)       { operation(b, small.update) }

// BenchmarkGetUserByKey is BenchmarkGetUser by a user with a policy.
func BenchmarkGetUserByKey(b *testing.B) {
	h := handler(b)
	listening := httptest.NewServer(h)
	defer listening.Close()
	key, err := (&server{addr: listening.Listener.Addr().String()}).newKey(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	repeat(b, h, signedBy(key, small.get))
}

func BenchmarkDecode(b *testing.B) {
	body := []byte(`{"Email":"jane.doe@example.com","Username":"Jane Doe","UserType":"PrivateUser"}`)
	b.ReportAllocs()
	for b.Loop() {
		in := api.CreateUserInput{AccountId: "a"}
		if err := in.DecodeBody(body); err != nil {
			b.Fatal(err)
		}
		if err := in.Validate(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	out := api.GetUserOutput{User: &api.User{
		AccountId: api.Some("01a20062-d742-74dd-9fa3-358c8e40332b"), UserId: "01a20062-d969-73a0-8e0a-f594d4bef2b3",
		DisplayName: api.Some("Jane Doe"), PrimaryEmail: api.Some("jane.doe@example.com"), RegisteredOn: api.Timestamp(epoch),
	}}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = out.AppendJSON(buf[:0])
	}
}
