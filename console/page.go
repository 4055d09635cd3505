package console

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"carillon/api"
	"carillon/api/iam"
	"carillon/dispatch"
)

// page is a request that is being answered.
type page struct {
	c       *Console
	visit   *Visit
	r       *http.Request
	w       *answer
	refusal *api.Error
}

// do runs an operation for the visitor.
func (p *page) do(ctx context.Context, op *api.Op, in api.Input) (api.Output, error) {
	call := p.call(op, in)
	call.Place = p.visit.Place
	return p.c.Dispatch.Do(ctx, call)
}

func (p *page) call(op *api.Op, in api.Input) *dispatch.Call {
	p.visit.Request.Service = op.Service.Name
	return &dispatch.Call{Op: op, Caller: &p.visit.Credential.Caller, Policies: p.visit.Credential.Policies, Request: p.visit.Request, In: in}
}

// calls are the operations of Amazon Chime, and Carillon's own.
func (p *page) calls() api.Calls { return p.do }

// may reports whether the visitor may run an operation, so that nothing is offered
// that would be refused. Those of IAM are named as in iam:ListUsers.
func (p *page) may(operation string) bool {
	if p.visit.Credential == nil {
		return false
	}
	find := api.Operation
	if name, ok := strings.CutPrefix(operation, "iam:"); ok {
		operation, find = name, iam.Operation
	}
	op := find(operation)
	return p.c.Dispatch.Permitted(p.r.Context(), p.call(op, op.New()))
}

// view is what a template shows.
type view struct {
	// Title is that of the page, Heading its h1 if that is another.
	Title, Heading string
	Crumbs         []link
	Tabs           []link
	// Commands do on the command line what the page does.
	Commands []string
	// Resource is what the page is about, as the audit names it; empty: nothing.
	Resource string
	// Refresh, if not 0, is after how many seconds the browser asks again.
	Refresh int
	Body    any

	// What show adds.
	Nav         []link
	Who         string
	AwsAccount  string
	Result      *result
	RequestID   string
	SignedIn    bool
	FindAccount bool
	Records     string // of the resource; empty: not for this visitor
}

// link is a place to go to.
type link struct {
	Label, URL string
	Current    bool
}

// show answers with a page.
func (p *page) show(status int, name string, v view) error {
	p.complete(&v)
	var b bytes.Buffer
	if err := templates()[name].ExecuteTemplate(&b, "layout", v); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	p.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	p.w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	p.w.WriteHeader(status)
	if p.r.Method != http.MethodHead {
		_, _ = p.w.Write(b.Bytes()) // the client may be gone
	}
	return nil
}

// complete adds what all pages have.
func (p *page) complete(v *view) {
	if v.Heading == "" {
		v.Heading = v.Title
	}
	v.RequestID, v.Result = p.visit.Request.ID, p.result()
	if c := p.visit.Credential; c != nil {
		_, who, _ := strings.Cut(c.Caller.ARN, c.Caller.AwsAccountID+":")
		v.SignedIn, v.Who, v.AwsAccount = true, strings.TrimPrefix(who, "user"), c.Caller.AwsAccountID
		v.Nav, v.FindAccount = p.nav(), p.may("ListAccounts")
		if v.Resource != "" && p.may("ListAuditEvents") {
			v.Records = recordsURL(v.Resource)
		}
		if v.Who != who {
			v.Who = v.Who[1:]
		}
	}
}

// section is a part of the console.
type section struct {
	label, path string
	operation   string // who may not run it is not shown the way; empty: everybody
}

// sections are the parts in the order in which they are shown.
var sections = []section{
	{"Overview", Root, ""},
	{"Accounts", Root + "accounts", "ListAccounts"},
	{"Phone numbers", numbersPath, "ListPhoneNumbers"},
	{"Access", accessPath, "iam:ListUsers"},
	{"Audit", auditPath, "ListAuditEvents"},
	{"Server", serverPath, "GetServerStatus"},
}

func (p *page) nav() (list []link) {
	for _, s := range sections {
		if s.operation == "" || p.may(s.operation) {
			at := p.r.URL.Path
			list = append(list, link{s.label, s.path, at == s.path || s.path != Root && strings.HasPrefix(at, s.path+"/")})
		}
	}
	return list
}

// redirect answers a form, or sends elsewhere.
func (p *page) redirect(to string) error {
	p.w.Header().Set("Location", to)
	p.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// refuse answers with a page that says why not.
func (p *page) refuse(err error) {
	e := p.c.asRefusal(err)
	p.refusal = e
	if e.RetryAfter > 0 {
		p.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	title := errorTitles[e.Kind.Status]
	if title == "" {
		title = "Something went wrong"
	}
	err = p.show(e.Kind.Status, "error", view{Title: title, Body: e.Message})
	if err != nil && p.w.status == 0 {
		http.Error(p.w, title, http.StatusInternalServerError)
	}
}

var errorTitles = map[int]string{
	400: "That does not work", 403: "Not allowed", 404: "Not found", 409: "Conflict", 413: "Too large",
	429: "Too many requests", 500: "Something went wrong", 503: "The server is busy",
}

// with returns the URL of this page with other parameters: name, value, …; an empty
// value takes one away.
func (p *page) with(pairs ...string) string {
	q := p.r.URL.Query()
	q.Del(resultParam)
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Del(pairs[i])
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return address(p.r.URL.EscapedPath(), q)
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func queryEscape(s string) string { return url.QueryEscape(s) }

// accountPath is the page of an account, and what follows.
func accountPath(accountID string, more ...string) string {
	path := Root + "accounts/" + url.PathEscape(accountID)
	for _, part := range more {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// from returns the page of here that a form says it is on; else an alternative.
func (p *page) from(alternative string) string {
	if to := p.r.PostFormValue("from"); to != "" {
		return back(to)
	}
	return alternative
}

func clipped(s string, n int) string { return s[:min(len(s), n)] }
