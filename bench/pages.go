package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"carillon/store"
)

// looks is how often each page is asked for, after once that does not count.
const looks = 5

// pages prints how long the server takes for each page of the console while one
// account has all users: until the answer begins, which it does when the page is made.
func (b *bench) pages(ctx context.Context) error {
	if err := build(ctx, b.root, b.binary); err != nil {
		return err
	}
	d := dataset{b.users, 1}
	dir, err := b.database(ctx, d)
	if err != nil {
		return err
	}
	copied := filepath.Join(b.dir, "pages")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		return err
	}
	rows := [][]string{{"page", "ms, least", "median", "most", "KiB"}}
	for _, index := range []bool{false, true} {
		if index {
			if err := withSQLite(ctx, copied, func(s *store.Store) error { return pack(ctx, s) }); err != nil {
				return err
			}
		}
		more, err := b.pagesOf(ctx, d, copied, index)
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	fmt.Print(table(rows))
	return nil
}

// pack packs all users for searches.
func pack(ctx context.Context, s *store.Store) error {
	if err := s.SetSearchIndex(ctx, true); err != nil {
		return err
	}
	packer := s.NewPacker()
	for {
		if more, err := packer.Step(ctx); err != nil || !more {
			return err
		}
	}
}

// pagesOf measures all pages of a server.
func (b *bench) pagesOf(ctx context.Context, d dataset, dir string, index bool) (rows [][]string, err error) {
	s, err := b.serve(ctx, "pages", "--data", dir, fmt.Sprintf("--search-index=%v", index))
	if err != nil {
		return nil, err
	}
	defer s.stop()
	v, err := signIn(ctx, s)
	if err != nil {
		return nil, err
	}
	name := "search index: " + map[bool]string{false: "off", true: "on"}[index]
	if !index { // it is for lists of users only
		rows, err = v.walk("/ui/")
	}
	account := "/ui/accounts/" + d.account(0)
	lists := []string{
		account, account + "?q=" + email(d.users / 2)[:8], account + "?q=example", account + "?q=e", account + "?q=nobody",
		account + "?sort=Email", account + "?sort=Name&order=Descending", account + "?sort=RegisteredOn", account + "?sort=LastActiveOn",
		account + "?status=Suspended", account + "?active=never&sort=Status",
	}
	for _, path := range lists {
		row, _, failed := v.measure(path)
		if failed != nil {
			return nil, failed
		}
		row[0] = strings.Replace(row[0], d.account(0), "{account}", 1) + " (" + name + ")"
		rows = append(rows, row)
	}
	return rows, err
}

// visitor looks at pages with a session.
type visitor struct {
	context.Context
	*http.Client
	root string
}

func signIn(ctx context.Context, s *server) (*visitor, error) {
	jar, _ := cookiejar.New(nil) // never fails without options
	v := &visitor{ctx, &http.Client{Jar: jar, Timeout: requestTimeout}, "http://" + s.addr}
	form := url.Values{"key": {rootKey.AccessKeyID}, "secret": {rootKey.SecretAccessKey}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, v.root+"/ui/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", v.root)
	answer, err := v.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.Request.URL.Path != "/ui/" {
		return nil, fmt.Errorf("signing in leads to %s", answer.Request.URL)
	}
	return v, nil
}

// get returns a page, and how long it took to begin.
func (v *visitor) get(path string) (text string, took time.Duration, err error) {
	r, err := http.NewRequestWithContext(v, http.MethodGet, v.root+path, nil)
	if err != nil {
		return "", 0, err
	}
	begun := time.Now()
	answer, err := v.Do(r)
	if err != nil {
		return "", 0, err
	}
	defer answer.Body.Close()
	took = time.Since(begun)
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = &statusError{answer.StatusCode, http.StatusOK}
	}
	return string(body), took, err
}

// measure returns the row of a page, and the page. What is refused has a row that says
// so: a busy machine may be too slow for what looks at all rows.
func (v *visitor) measure(path string) (row []string, text string, err error) {
	var times []time.Duration
	for range 1 + looks {
		var took time.Duration
		text, took, err = v.get(path)
		var refused *statusError
		if errors.As(err, &refused) {
			return []string{path, "", "", "", refused.Error()}, "", nil
		}
		if err != nil {
			return nil, "", err
		}
		times = append(times, took)
	}
	times = times[1:]
	slices.Sort(times)
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
	return []string{path, ms(times[0]), ms(times[looks/2]), ms(times[looks-1]), fmt.Sprintf("%.1f", float64(len(text))/1024)}, text, nil
}

var (
	pageLink = regexp.MustCompile(`href="(/ui/[^"#]*)"`)
	anyID    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|%2B[0-9]+|\?.*`)
)

// walk measures every page that links lead to, one of each sort: with the ids and
// the query of a URL left out, it is the same.
func (v *visitor) walk(from string) (rows [][]string, err error) {
	todo, known := []string{from}, map[string]bool{from: true}
	for len(todo) > 0 {
		row, text, err := v.measure(todo[0])
		if err != nil {
			return nil, err
		}
		row[0] = anyID.ReplaceAllString(row[0], "…")
		todo, rows = todo[1:], append(rows, row)
		for _, m := range pageLink.FindAllStringSubmatch(text, -1) {
			path := html.UnescapeString(m[1])
			if sort := anyID.ReplaceAllString(path, ""); !known[sort] && !strings.Contains(path, "/assets/") {
				known[sort] = true
				todo = append(todo, path)
			}
		}
	}
	return rows, nil
}
