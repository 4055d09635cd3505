package console_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"regexp"
	"strings"
	"testing"
	"time"
)

// upload sends a file with other fields of a form: name, value, …
func (b *browser) upload(path, name string, content []byte, pairs ...string) seen {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := form.WriteField(pairs[i], pairs[i+1]); err != nil {
			b.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = file.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	r := b.request("POST", path, body.String())
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Origin", b.server.URL)
	return b.send(r)
}

// imported waits for the end of an import, or of a look at one.
func (b *browser) imported(p seen) seen {
	b.Helper()
	for range 100 {
		if !strings.Contains(p.text, "<progress") {
			return p
		}
		b.shows("under way", p, `http-equiv="refresh"`)
		time.Sleep(100 * time.Millisecond)
		p = b.get(p.url.Path)
	}
	b.Fatalf("it does not end: %s", p.text)
	return p
}

var (
	lineCells = regexp.MustCompile(`data-label="Line">([0-9]+)<`)
	nextPages = regexp.MustCompile(`href="([^"]+)" rel="next"`)
)

const listed = "userId,email,name,shoe size\n,ann@example.com,Ann,7\n,nobody,Bad,7\n,bob@example.com,=Bob,7\n,ann@example.com,Ann again,\n"

func TestImport(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	path := "/ui/accounts/" + account
	b.shows("the way", b.get(path), `href="`+path+`/import"`)
	form := b.get(path + "/import")
	b.want("form", form, 200, "Import users")
	b.checkPage("form", form)
	p := b.imported(b.upload(path+"/import", "users.csv", []byte(listed)))
	b.want("preview", p, 200, "Import users")
	b.shows("preview", p, "This is what an import would do: 4 rows", `data-label="Would be created">2<`, `data-label="Would be refused">1<`, `data-label="Unchanged">1<`, "shoe size", "ann@example.com", "PrimaryEmail", "Import: 4 rows")
	b.checkPage("preview", p)
	b.shows("nothing is changed", b.get(path), "0 users")
	rejects := b.get(p.url.Path + "/rejects")
	if want := "Line,Member,Rule,userId,email,name,shoe size\n3,PrimaryEmail,"; !strings.HasPrefix(rejects.text, want) || strings.Count(rejects.text, "\n") != 2 {
		t.Errorf("rejects are %q", rejects.text)
	}
	done := b.imported(b.post(p.url.Path))
	b.shows("done", done, "Done: 4 rows", `data-label="Created">2<`, `data-label="Refused">1<`)
	b.shows("users", b.get(path), "2 users", "=Bob")
	if again := b.imported(b.post(p.url.Path)); again.url.Path != done.url.Path {
		t.Errorf("imported twice: %s and %s", done.url, again.url)
	}
	if got := b.get(done.url.Path + "/rejects"); got.text != rejects.text {
		t.Errorf("rejects are %q", got.text)
	}
	p = b.imported(b.upload(path+"/import", "users.csv", []byte("email,licence\nann@example.com,Basic\n"), "update", "on"))
	b.shows("update", p, `data-label="Would be changed">1<`)
	b.shows("updated", b.imported(b.post(p.url.Path)), `data-label="Changed">1<`)
	b.shows("users", b.get(path+"?license=Basic"), "1 user<")
}

// A list that had to make room while it was imported is not taken for whole.
func TestImport_gone(t *testing.T) {
	b := signedIn(t)
	path := "/ui/accounts/" + b.account("EnterpriseLWA") + "/import"
	p := b.imported(b.upload(path, "users.csv", []byte(listed)))
	for range 10 {
		b.imported(b.upload(path, "users.csv", []byte("email\na@b.example\n")))
	}
	b.shows("preview", b.get(p.url.Path), "The list is not here any more", `data-label="Would be created">2<`)
	b.shows("import", b.imported(b.post(p.url.Path)), "The file is not here any more")
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImport_forms(t *testing.T) {
	b := signedIn(t)
	path := "/ui/accounts/" + b.account("EnterpriseLWA") + "/import"
	for what, test := range map[string]struct {
		content []byte
		fields  []string
		want    []string
	}{
		"JSON":             {[]byte(`{"Users":[{"PrimaryEmail":"a@b.example"},{"PrimaryEmail":"bad"}]}`), nil, []string{`created">1<`, `refused">1<`}},
		"zipped":           {zipped(t, "email\na@b.example\n"), nil, []string{`created">1<`}},
		"Windows-1252":     {[]byte("email,name\na@b.example,J\xfcrgen\n"), nil, []string{"Warning: the file is not UTF-8 (first in line 2)", "Jürgen"}},
		"named":            {[]byte("email,name\na@b.example,J\xfcrgen\n"), []string{"encoding", "windows-1252"}, []string{"Jürgen", `created">1<`}},
		"named wrongly":    {[]byte("email,name\na@b.example,J\xfcrgen\n"), []string{"encoding", "utf-8"}, []string{`refused">1<`}},
		"no addresses":     {[]byte("name\nAnn\n"), nil, []string{"Ended early", "no column is the e-mail address"}},
		"cut off":          {[]byte(`{"Users":[{"PrimaryEmail":"a@b.example"},`), nil, []string{"Ended early", "The list cannot be read"}},
		"empty":            {nil, nil, []string{`role="alert"`, "Choose a file"}},
		"bad gzip":         {[]byte("\x1f\x8bno"), nil, []string{`role="alert"`, "not as gzip makes them"}},
		"zipped, too long": {zipped(t, strings.Repeat("\n", 257<<20)), nil, []string{`role="alert"`, "256 MiB when"}},
	} {
		p := b.imported(b.upload(path, "list", test.content, test.fields...))
		b.shows(what, p, test.want...)
		b.checkPage(what, p)
	}
	b.shows("no file", b.post(path), "Choose a file")
	r := b.request("POST", path, "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nemail\na@b.example\n")
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	r.Header.Set("Origin", b.server.URL)
	b.shows("cut off", b.send(r), "ended early", `role="alert"`)
	b.shows("too long", b.upload(path, "list", make([]byte, 65<<20)), "A list may have 64 MiB", `role="alert"`)
}

// Many rows take many steps, and all that are refused can be seen.
func TestImport_many(t *testing.T) {
	b := signedIn(t)
	path := "/ui/accounts/" + b.account("EnterpriseLWA") + "/import"
	var list strings.Builder
	list.WriteString("email\n")
	for i := range 3000 {
		if fmt.Fprintf(&list, "u%d@example.com\n", i); i%10 == 0 {
			fmt.Fprintf(&list, "bad%d\n", i)
		}
	}
	p := b.imported(b.upload(path, "users.csv", []byte(list.String())))
	b.shows("preview", p, `created">3,000<`, `refused">300<`, "Next page")
	seenLines := map[string]bool{}
	for next := p; ; {
		for _, m := range lineCells.FindAllStringSubmatch(next.text[strings.Index(next.text, "would be refused</h2>"):], -1) {
			seenLines[m[1]] = true
		}
		m := nextPages.FindStringSubmatch(next.text)
		if m == nil {
			break
		}
		next = b.get(html.UnescapeString(m[1]))
	}
	if len(seenLines) != 300 {
		t.Errorf("%d refusals are shown", len(seenLines))
	}
	if n := strings.Count(b.get(p.url.Path+"/rejects").text, "\n"); n != 301 {
		t.Errorf("rejects have %d lines", n)
	}
	b.shows("done", b.imported(b.post(p.url.Path)), `Created">3,000<`)
}

func TestImport_denied(t *testing.T) {
	root := signedIn(t)
	path := "/ui/accounts/" + root.account("EnterpriseLWA") + "/import"
	seen := root.imported(root.upload(path, "users.csv", []byte(listed)))
	id, secret := root.key("reader", "AmazonChimeReadOnly")
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	b.hides("no way", b.get(strings.TrimSuffix(path, "/import")), path)
	b.want("forced", b.upload(path, "users.csv", []byte(listed)), 403, "Not allowed")
	b.want("another's", b.get(seen.url.Path), 404, "Not found")
	b.want("another's", b.post(seen.url.Path), 404, "Not found")
	b.want("another's", b.get(seen.url.Path+"/rejects"), 404, "Not found")
	r := root.request("POST", path, "")
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	r.Header.Set("Origin", "https://elsewhere.example")
	root.want("forged", root.send(r), 403, "Not allowed")
}
