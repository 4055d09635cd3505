package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carillon/internal/pgtest"
	"carillon/sigv4"
	"carillon/trail"
)

// auditEvent is what look-ups show of a record.
type auditEvent struct {
	EventName, EventId, Username, CloudTrailEvent, ReadOnly string
	Resources                                               []struct{ ResourceType, ResourceName string }
}

// record is what tests look at in a record.
type record struct {
	ErrorCode, EventSource, EventType string
	RequestParameters                 map[string]any
	ResponseElements                  map[string]any
	AdditionalEventData               map[string]int
}

func (e auditEvent) record(t *testing.T) (r record) {
	t.Helper()
	if err := json.Unmarshal([]byte(e.CloudTrailEvent), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// events looks records up, newest first.
func (s *site) events(query string) (list []auditEvent) {
	s.Helper()
	for token := ""; ; {
		var out struct {
			Events    []auditEvent
			NextToken string
		}
		s.call("GET", "/carillon/v1/audit-events?max-results=99"+query+token, "", &out)
		list = append(list, out.Events...)
		if out.NextToken == "" {
			return list
		}
		token = "&next-token=" + url.QueryEscape(out.NextToken)
	}
}

// soon waits until there are records.
func (s *site) soon(query string, n int) (list []auditEvent) {
	s.Helper()
	for range 500 {
		if list = s.events(query); len(list) == n {
			return list
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Fatalf("%s: %d records, want %d", query, len(list), n)
	return nil
}

// verified has the chain verified.
func (s *site) verified() {
	s.Helper()
	var out struct {
		Problems  []string
		NextToken string
	}
	s.call("GET", "/carillon/v1/audit-events?operation=verify", "", &out)
	if len(out.Problems) > 0 || out.NextToken != "" {
		s.Errorf("%+v", out)
	}
}

// Changes and records agree when many share their transactions, and those that were
// refused have a record with their error.
func TestAudit_agrees(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"sqlite":   func(*Options) {},
		"postgres": func(o *Options) { o.Database = pgtest.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, change)
			account := s.account()
			var mu sync.Mutex
			made, refused := map[string]bool{}, 0
			var group sync.WaitGroup
			for worker := range 16 {
				group.Go(func() {
					for i := range 20 {
						w := s.send(s.signed("POST", "/accounts/"+account+"/users?operation=create", fmt.Sprintf(`{"Email":"%d-%d@example.com"}`, worker/2, i)))
						var out struct{ User struct{ UserId string } }
						_ = json.Unmarshal(w.Body.Bytes(), &out) // of a refusal there is none
						mu.Lock()
						if w.Code == http.StatusCreated {
							made[out.User.UserId] = true
						} else {
							refused++
						}
						mu.Unlock()
					}
				})
			}
			group.Wait()
			events := s.events("&event-name=CreateUser")
			done, failed := 0, 0
			for _, e := range events {
				r := e.record(t)
				if r.ErrorCode != "" {
					failed++
					continue
				}
				done++
				if id := r.ResponseElements["user"].(map[string]any)["userId"].(string); !made[id] {
					t.Errorf("a record of %s, who is not there", id)
				}
			}
			if done != len(made) || failed != refused || len(made) != 160 {
				t.Errorf("%d users, %d records; %d refused, %d records", len(made), done, refused, failed)
			}
			s.verified()
		})
	}
}

// Denials and bad signatures are recorded, reads only if they are to be.
func TestAudit_notes(t *testing.T) {
	for _, level := range []trail.Level{trail.Changes, trail.All} {
		s := newSite(t, func(o *Options) { o.Audit = level })
		alice := s.key()
		s.send(signedBy(alice, "GET", "/carillon/v1/jobs", ""))
		denied := s.soon("&error-code=ForbiddenException", 1)[0]
		if denied.EventName != "ListJobs" || denied.Username != "alice" || denied.record(t).RequestParameters != nil {
			t.Errorf("%+v", denied)
		}
		wrong := sigv4.Credentials{AccessKeyID: alice.AccessKeyID, SecretAccessKey: "wrong"}
		s.send(signedBy(wrong, "POST", "/accounts", `{"Name":"x"}`))
		unsigned := s.soon("&error-code=InvalidSignatureException", 1)
		if len(unsigned) == 1 && (unsigned[0].EventName != "CreateAccount" || strings.Contains(unsigned[0].CloudTrailEvent, "anonical")) {
			t.Errorf("%+v", unsigned[0])
		}
		s.send(signedBy(sigv4.Credentials{AccessKeyID: "AKIAUNKNOWN", SecretAccessKey: "wrong"}, "POST", "/accounts", `{"Name":"x"}`))
		s.call("GET", "/accounts", "", nil)
		if level == trail.All {
			if e := s.soon("&event-name=ListAccounts", 1)[0]; e.ReadOnly != "true" || e.record(t).ResponseElements != nil {
				t.Errorf("%+v", e)
			}
		} else if got := s.events("&event-name=ListAccounts"); len(got) != 0 {
			t.Errorf("%+v", got)
		}
		if got := s.events("&user-name=alice"); len(got) != 2 {
			t.Errorf("%d records of alice", len(got))
		}
	}
}

// A bad signature for another service has its operation, and its error in the
// words of that service.
func TestAudit_unsignedForm(t *testing.T) {
	s := newSite(t)
	thief := sigv4.Credentials{AccessKeyID: s.key().AccessKeyID, SecretAccessKey: "wrong"}
	for n, form := range []string{
		"Action=CreateUser&Version=2010-05-08&UserName=x",
		"Action=CreateUser&UserName=x&Version=2010-05-08&Path=" + strings.Repeat("%2F", 2*maxBeginning),
	} {
		r := request("POST", "/", form)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		sigv4.Sign(r, []byte(form), thief, "iam", "us-east-1", time.Now())
		s.send(r)
		e := s.soon("&error-code=SignatureDoesNotMatch", n+1)[0]
		if got := e.record(t); e.EventName != "CreateUser" || got.EventSource != "iam.amazonaws.com" || got.RequestParameters != nil {
			t.Errorf("%+v", e)
		}
	}
}

func TestAudit_off(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Audit = trail.Off })
	s.account()
	if got := s.events(""); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// Bad shapes, throttled calls and failures leave no record.
func TestAudit_logOnly(t *testing.T) {
	s := newSite(t)
	s.send(s.signed("POST", "/accounts", `{"Name":7}`))
	s.send(s.signed("GET", "/accounts/nobody", ""))
	if got := s.events(""); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// Each AWS account sees its own records, and only the root key those of others.
func TestAudit_tenants(t *testing.T) {
	s := newSite(t)
	s.account()
	var key struct{ AccessKeyId, SecretAccessKey string }
	s.call("POST", "/carillon/v1/access-keys", `{"UserName":"bob","AwsAccountId":"222233334444"}`, &key)
	bob := sigv4.Credentials{AccessKeyID: key.AccessKeyId, SecretAccessKey: key.SecretAccessKey}
	if w := s.send(signedBy(bob, "POST", "/accounts", `{"Name":"Bob's"}`)); w.Code != http.StatusCreated {
		t.Fatal(w.Body)
	}
	w := s.send(signedBy(bob, "GET", "/carillon/v1/audit-events", ""))
	var out struct{ Events []auditEvent }
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || len(out.Events) != 1 || out.Events[0].Username != "bob" {
		t.Errorf("%v %s", err, w.Body)
	}
	s.wantError("all accounts", s.send(signedBy(bob, "GET", "/carillon/v1/audit-events?all-accounts=True", "")), 403, "ForbiddenException")
	if got := len(s.events("&all-accounts=True")); got != 3 {
		t.Errorf("%d records of all", got)
	}
}

// The parts of a divided call say which they are.
func TestAudit_parts(t *testing.T) {
	s := newSite(t)
	account := s.account()
	var users []string
	for i := range 300 {
		users = append(users, fmt.Sprintf(`{"PrimaryEmail":"%d@example.com"}`, i))
	}
	s.call("POST", "/carillon/v1/accounts/"+account+"/users", `{"Users":[`+strings.Join(users, ",")+`]}`, nil)
	var parts []int
	for _, e := range s.events("&event-name=ImportUsers") {
		r := e.record(t)
		parts = append(parts, r.AdditionalEventData["part"], r.AdditionalEventData["parts"])
	}
	if !slices.Equal(parts, []int{2, 2, 1, 2}) {
		t.Errorf("%v", parts)
	}
}

// What jobs do that nobody asked for has a record.
func TestAudit_steps(t *testing.T) {
	s := newSite(t)
	var found struct{ E164PhoneNumbers []string }
	s.call("GET", "/search?type=phone-numbers&area-code=206&max-results=1", "", &found)
	s.call("POST", "/phone-number-orders", fmt.Sprintf(`{"ProductType":"BusinessCalling","E164PhoneNumbers":[%q]}`, found.E164PhoneNumbers[0]), nil)
	e := s.soon("&event-name=CompletePhoneNumberOrder", 1)[0]
	if r := e.record(t); r.EventType != "AwsServiceEvent" || strings.Contains(e.CloudTrailEvent, found.E164PhoneNumbers[0]) {
		t.Errorf("%+v", e)
	}
}

// The file has what the database has, also when it was moved away.
func TestAudit_file(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	s := newSite(t, func(o *Options) { o.AuditFile = path })
	s.account()
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	s.Reload(Settings{})
	s.account()
	for range 100 {
		if text, _ := os.ReadFile(path); len(text) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	var lines []string
	for _, p := range []string{path, path + ".1"} {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")...)
	}
	var records []string
	for _, e := range s.events("") {
		records = append(records, e.CloudTrailEvent)
	}
	slices.Sort(lines)
	slices.Sort(records)
	if lines = slices.DeleteFunc(lines, func(l string) bool { return l == "" }); !slices.Equal(lines, records) {
		t.Errorf("the file has %d, the database %d", len(lines), len(records))
	}
}

// A file that fails stops nobody.
func TestAudit_fileFails(t *testing.T) {
	s := newSite(t, func(o *Options) { o.AuditFile = "/dev/full" })
	s.account()
	for range 200 {
		if s.audit.file.dropped.Load() > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.account()
	if s.audit.file.dropped.Load() == 0 || len(s.entries("audit: the file cannot be written")) == 0 {
		t.Error("nobody was told")
	}
	if got := len(s.events("")); got != 2 {
		t.Errorf("%d records", got)
	}
}

// Records are sealed within five seconds.
func TestAudit_sealed(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the sealer")
	}
	s := newSite(t)
	s.account()
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		var out struct{ Records int }
		s.call("GET", "/carillon/v1/audit-events?operation=verify", "", &out)
		if out.Records == 1 {
			break
		}
		if time.Since(began) > 5*time.Second {
			t.Fatal("not sealed")
		}
	}
	s.verified()
}
