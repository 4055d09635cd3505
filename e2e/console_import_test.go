package e2e

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// importPatience is how long an import of a test may take, on a machine with much
// else to do.
const importPatience = 90 * time.Second

// visitor is somebody with a browser who has signed in.
type visitor struct {
	endpoint string
	client   *http.Client
}

func (c *caller) visit(t testing.TB) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	succeed(t, err)
	v := &visitor{c.endpoint, &http.Client{Jar: jar, Timeout: time.Minute}}
	form := url.Values{"key": {c.keys.AccessKeyID}, "secret": {c.keys.SecretAccessKey}}
	v.post(t, "/ui/sign-in", "application/x-www-form-urlencoded", form.Encode())
	return v
}

// get returns a page, or a file.
func (v *visitor) get(t testing.TB, path string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.endpoint+path, nil)
	succeed(t, err)
	a := doBy(t, v.client, r)
	if a.status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, a.status, a.body)
	}
	return a.body
}

// post sends a form and returns where the answer leads to.
func (v *visitor) post(t testing.TB, path, kind, body string) (to string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.endpoint+path, strings.NewReader(body))
	succeed(t, err)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Origin", v.endpoint)
	direct := *v.client
	direct.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := doBy(t, &direct, r)
	if a.status != http.StatusSeeOther {
		t.Fatalf("POST %s: %d %s", path, a.status, a.body)
	}
	return a.header.Get("Location")
}

// upload sends a list and returns where its preview is.
func (v *visitor) upload(t testing.TB, accountID, list string) (preview string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "users.csv")
	succeed(t, err)
	_, err = file.Write([]byte(list))
	succeed(t, err)
	succeed(t, form.Close())
	return v.post(t, "/ui/accounts/"+accountID+"/import", form.FormDataContentType(), body.String())
}

var importCells = regexp.MustCompile(`(?s)data-label="[^"]*reated">([0-9,]+)<.*?data-label="[^"]*hanged">([0-9,]+)<.*?data-label="Unchanged">([0-9,]+)<.*?data-label="[^"]*efused">([0-9,]+)<`)

// importPage returns those of an import: created, changed, unchanged, refused.
func importPage(t testing.TB, page string) (n [4]int) {
	t.Helper()
	m := importCells.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no counts: %s", page)
	}
	for i := range n {
		_, err := fmt.Sscan(strings.ReplaceAll(m[i+1], ",", ""), &n[i])
		succeed(t, err)
	}
	return n
}

// ended waits for the end of an import and returns its page.
func (v *visitor) ended(t testing.TB, path string) (page string) {
	t.Helper()
	eventuallyWithin(t, importPatience, "end of the import", func() bool {
		page = v.get(t, path)
		return !strings.Contains(page, "<progress")
	})
	return page
}

// longList is a list of users, and of rows with errors in between.
func longList(users, bad int) string {
	var list strings.Builder
	list.WriteString("email,name\n")
	for i := range users {
		if fmt.Fprintf(&list, "Import-%d@example.com,User %d\n", i, i); i < bad {
			fmt.Fprintf(&list, "bad-%d,\n", i)
		}
	}
	return list.String()
}

// killAmid kills a server while it imports a list, begins the next one, and returns
// where the page of the import is.
func (e *env) killAmid(t *testing.T, v *visitor, preview, accountID string) (s *server, path string) {
	t.Helper()
	begun, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.endpoint+preview, nil)
	succeed(t, err)
	go func() {
		if answer, err := v.client.Do(begun); err == nil { // nobody answers any more
			_ = answer.Body.Close()
		}
	}()
	eventuallyWithin(t, importPatience, "first user", func() bool {
		return !strings.Contains(v.get(t, "/ui/accounts/"+accountID), ">0 users<")
	})
	e.server.kill()
	s = e.server.restart(t)
	v.endpoint = s.endpoint
	return s, v.post(t, preview, "", "") // as by somebody who saw no answer
}

// An import whose server is killed goes on with another one, and each row of the
// list is there once.
func TestConsoleImport_killed(t *testing.T) {
	const users, bad = 8_000, 50
	forEachOwnServer(t, func(t *testing.T, e *env) {
		account, v := e.provisioned(t, "EnterpriseLWA"), e.visit(t)
		preview := v.upload(t, account, longList(users, bad))
		equal(t, "preview", importPage(t, v.ended(t, preview)), [4]int{users, 0, 0, bad})
		s, path := e.killAmid(t, v, preview, account)
		if n := importPage(t, v.get(t, path)); n[0]+n[2] == users {
			t.Fatal("the import was done before its server was killed")
		}
		eventuallyWithin(t, importPatience, "interruption", func() bool { return strings.Contains(v.get(t, path), "Interrupted") })
		equal(t, "where it goes on", v.post(t, path, "", ""), path)
		n := importPage(t, v.ended(t, path))
		equal(t, "created or there, and refused", [2]int{n[0] + n[2], n[3]}, [2]int{users, bad})
		equal(t, "lines of the rejects", strings.Count(v.get(t, path+"/rejects"), "\n"), bad+1)
		once(t, newCaller(s.endpoint, s.keys), account, users)
	})
}

// once checks that an account has each user of a list, and no other.
func once(t *testing.T, c *caller, accountID string, users int) {
	t.Helper()
	emails := map[string]bool{}
	list := c.allUsers(t, chime.ListUsersInput{AccountId: &accountID, MaxResults: aws.Int32(200)})
	for _, u := range list {
		emails[strings.ToLower(*u.PrimaryEmail)] = true
	}
	equal(t, "users and addresses", [2]int{len(list), len(emails)}, [2]int{users, users})
}

// What was sent to one server is previewed by another and imported by the first.
func TestConsoleImport_replicas(t *testing.T) {
	servers := cluster(t, 2)
	account := servers[0].provisioned(t, "EnterpriseLWA")
	v := servers[0].visit(t)
	preview := v.upload(t, account, longList(100, 3))
	v.endpoint = servers[1].endpoint
	equal(t, "preview", importPage(t, v.ended(t, preview)), [4]int{100, 0, 0, 3})
	path := v.post(t, preview, "", "")
	v.endpoint = servers[0].endpoint
	equal(t, "result", importPage(t, v.ended(t, path)), [4]int{100, 0, 0, 3})
	equal(t, "lines of the rejects", strings.Count(v.get(t, path+"/rejects"), "\n"), 4)
	for _, e := range servers {
		for _, secret := range []string{"import-7@", "User 7", "bad-1"} {
			if strings.Contains(strings.ToLower(readFile(e.server.log())), strings.ToLower(secret)) {
				t.Errorf("the log has %q", secret)
			}
		}
	}
}
