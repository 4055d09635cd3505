package carillontest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"carillon/carillontest"
	"carillon/internal/pgtest"
	"carillon/sigv4"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestExample(t *testing.T) { testOnboarding(t) }

// send sends a signed request and returns the answer with its body.
func send(t *testing.T, srv *carillontest.Server, method, path, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	c := sigv4.Credentials{AccessKeyID: srv.AccessKeyID, SecretAccessKey: srv.SecretAccessKey}
	sigv4.Sign(r, []byte(body), c, "chime", srv.Region, time.Now())
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// create makes an account and returns its id and the AWS account that owns it.
func create(t *testing.T, srv *carillontest.Server) (id, owner string) {
	t.Helper()
	status, text := send(t, srv, "POST", "/accounts", `{"Name": "x"}`)
	var out struct {
		Account struct{ AccountId, AwsAccountId string }
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil || status != http.StatusCreated {
		t.Fatalf("%d %s", status, text)
	}
	return out.Account.AccountId, out.Account.AwsAccountId
}

// Two servers know nothing of each other.
func TestNew_apart(t *testing.T) {
	one, two := carillontest.New(t), carillontest.New(t)
	id, _ := create(t, one)
	if status, text := send(t, one, "GET", "/accounts/"+id, ""); status != http.StatusOK {
		t.Errorf("%d %s", status, text)
	}
	if status, text := send(t, two, "GET", "/accounts/"+id, ""); status != http.StatusNotFound {
		t.Errorf("the other server: %d %s", status, text)
	}
	if one.AccessKeyID == two.AccessKeyID || one.SecretAccessKey == two.SecretAccessKey {
		t.Error("two servers have one key")
	}
}

func TestNew_ends(t *testing.T) {
	var url string
	t.Run("user", func(t *testing.T) { url = carillontest.New(t).URL })
	if answer, err := http.Get(url + "/healthz"); err == nil {
		answer.Body.Close()
		t.Errorf("it answers after its test: %s", answer.Status)
	}
}

func TestOptions(t *testing.T) {
	var log bytes.Buffer
	t.Run("server", func(t *testing.T) {
		srv := carillontest.New(t, carillontest.WithAwsAccountID("111122223333"), carillontest.WithObservedFidelity(), carillontest.WithLog(&log))
		id, owner := create(t, srv)
		if owner != "111122223333" || srv.AwsAccountID != owner {
			t.Errorf("the account belongs to %s, the server says %s", owner, srv.AwsAccountID)
		}
		if status, text := send(t, srv, "POST", "/accounts/"+id+"/users?operation=create", `{"Email": "a@example.com"}`); status != http.StatusBadRequest {
			t.Errorf("CreateUser on a Team account: %d %s", status, text)
		}
	})
	if !strings.Contains(log.String(), `"op":"CreateAccount"`) {
		t.Errorf("logged %s", log.String())
	}
}

// Servers on one database are replicas: the same accounts, the same key, and
// page tokens that are good on both.
func TestWithDatabase(t *testing.T) {
	url := pgtest.URL(t)
	one, two := carillontest.New(t, carillontest.WithDatabase(url)), carillontest.New(t, carillontest.WithDatabase(url))
	id, _ := create(t, one)
	if status, text := send(t, two, "GET", "/accounts/"+id, ""); status != http.StatusOK {
		t.Errorf("the other replica: %d %s", status, text)
	}
	if one.AccessKeyID != two.AccessKeyID || one.SecretAccessKey != two.SecretAccessKey {
		t.Error("two replicas have different root keys")
	}
	create(t, two)
	_, page := send(t, one, "GET", "/accounts?max-results=1", "")
	var out struct{ NextToken string }
	if err := json.Unmarshal([]byte(page), &out); err != nil || out.NextToken == "" {
		t.Fatalf("the first page: %s", page)
	}
	if status, text := send(t, two, "GET", "/accounts?next-token="+out.NextToken, ""); status != http.StatusOK || !strings.Contains(text, id) {
		t.Errorf("the second page, from the other replica: %d %s", status, text)
	}
}

// The clock moves for a server that allows it.
func TestAdvance(t *testing.T) {
	srv := carillontest.New(t, carillontest.WithTestClock())
	srv.Advance(t, 192*time.Hour)
	var clock struct{ Now time.Time }
	if _, text := send(t, srv, http.MethodGet, "/carillon/v1/test/clock", ""); json.Unmarshal([]byte(text), &clock) != nil {
		t.Fatal(text)
	}
	if ahead := time.Until(clock.Now); ahead < 191*time.Hour || ahead > 192*time.Hour {
		t.Errorf("the clock is %s ahead", ahead)
	}
}

// Tests that share a server find it empty, and it fails as they plan.
func TestReset(t *testing.T) {
	srv := carillontest.New(t, carillontest.WithTestClock())
	for range 2 {
		create(t, srv)
		srv.Fault(t, carillontest.Fault{Operation: "ListAccounts", Code: "ServiceFailureException"})
		srv.Fault(t, carillontest.Fault{Operation: "GetGlobalSettings", Latency: time.Millisecond, Times: -1})
		for _, want := range []int{http.StatusInternalServerError, http.StatusOK} {
			if status, text := send(t, srv, http.MethodGet, "/accounts", ""); status != want {
				t.Errorf("got %d %s, want %d", status, text, want)
			}
		}
		srv.Reset(t)
		if _, text := send(t, srv, http.MethodGet, "/accounts", ""); !strings.Contains(text, `"Accounts":[]`) {
			t.Errorf("after the reset: %s", text)
		}
		if _, text := send(t, srv, http.MethodGet, "/carillon/v1/test/faults", ""); !strings.Contains(text, `"Faults":[]`) {
			t.Errorf("after the reset: %s", text)
		}
	}
}
