package console_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"carillon/carillontest"
)

func TestServer(t *testing.T) {
	b := signedIn(t)
	p := b.get("/ui/server")
	b.want("server", p, 200, "Server")
	b.shows("server", p, "Ready", "SQLite", "Schema version", " KiB</dd>", "Jobs", "carillon status", "carillon job list", "Make a backup", `href="/ui/server" aria-current="page"`)
	b.hides("no test clock", p, "Advance the clock")
	b.shows("failed ones", b.get("/ui/server?state=Failed"), "There are no such jobs")
	b.want("a bad state", b.get("/ui/server?state=Odd"), 400, "That does not work")
	b.shows("no job", b.post("/ui/server/jobs", "job", "nobody"), `role="alert"`, "0 jobs retried")
	b.shows("all of none", b.post("/ui/server/jobs"), "0 jobs retried")
	b.want("no clock", b.post("/ui/server/clock", "Advance", "1h"), 403, "Not allowed")
}

func TestServer_denied(t *testing.T) {
	root := signedIn(t)
	id, secret := root.key("admin", "AmazonChimeFullAccess")
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	b.hides("overview", b.get("/ui/"), `href="/ui/server"`)
	b.want("forced", b.get("/ui/server"), 403, "Not allowed")
	for _, form := range []string{"jobs", "clock", "backups"} {
		b.want("forced", b.post("/ui/server/"+form, "Advance", "1h"), 403, "Not allowed")
	}
}

func TestServer_clock(t *testing.T) {
	b := signedIn(t, carillontest.WithTestClock())
	b.shows("server", b.get("/ui/server"), "test clock", "Advance the clock")
	p := b.post("/ui/server/clock", "Advance", "2h")
	b.shows("advanced", p, fmt.Sprint("The clock shows ", time.Now().UTC().Add(2*time.Hour).Format("2006-01-02")))
	b.shows("nonsense", b.post("/ui/server/clock", "Advance", "soon"), `role="alert"`, `value="soon"`, "aria-invalid")
}

func TestServer_backup(t *testing.T) {
	b := signedIn(t)
	p := b.post("/ui/server/backups")
	b.want("asked for", p, 200, "Backup")
	for range 100 {
		if strings.Contains(p.text, "Download the backup") {
			break
		}
		time.Sleep(50 * time.Millisecond)
		p = b.get(p.url.Path)
	}
	b.shows("again", b.get(p.url.Path), "Download the backup", "SHA-256")
	file := b.get(p.url.Path + "/file")
	if file.status != 200 || len(file.text) < 1000 || file.header.Get("Content-Length") != fmt.Sprint(len(file.text)) || !strings.Contains(file.header.Get("Content-Disposition"), ".backup") {
		t.Errorf("%d, %d bytes, %v", file.status, len(file.text), file.header)
	}
	b.want("no backup", b.get("/ui/server/backups/nothing"), 404, "Not found")
}

// A job that has failed for good is shown with its reason, and retried.
func TestServer_jobs(t *testing.T) {
	b := signedIn(t)
	if p := b.get("/ui/server?state=Pending"); !regexp.MustCompile(`<td data-label="State">Pending</td>`).MatchString(p.text) {
		t.Error("the daily cleaning does not wait")
	}
	id := regexp.MustCompile(`<td data-label="Job id"><code>([^<]+)<`).FindStringSubmatch(b.get("/ui/server").text)
	if len(id) == 0 {
		t.Fatal("no job")
	}
	b.shows("one that waits", b.post("/ui/server/jobs", "job", id[1]), `role="alert"`, "has not failed")
}
