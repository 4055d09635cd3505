package dispatch

import (
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"carillon/api"
	"carillon/api/iam"
	"carillon/api/sts"
	"carillon/policy"
	"carillon/store"
	"carillon/work"
)

// granted returns the policies of somebody who has one document.
func granted(t testing.TB, document string) *policy.Set {
	t.Helper()
	if document == "" {
		return nil
	}
	d, err := policy.Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Compile(policy.Source{ID: "p", Document: d})
}

const everything = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

var ann = &api.Caller{AwsAccountID: aws, ARN: "arn:aws:iam::" + aws + ":user/ann", UserName: "ann", UserID: "AIDAANN"}

// judged returns what ann with a policy hears of an operation.
func judgedBy(t *testing.T, op *api.Op, document string) error {
	t.Helper()
	d := &Dispatcher{Config: Config{Now: time.Now}}
	return d.permit(t.Context(), &Call{Op: op, Caller: ann, Policies: granted(t, document), Request: new(work.Request), In: op.New()})
}

func TestPermit(t *testing.T) {
	rootCaller := &api.Caller{AwsAccountID: aws, ARN: "arn:aws:iam::" + aws + ":root", Root: true}
	for i := range api.Ops {
		op := &api.Ops[i]
		if err := (&Dispatcher{}).permit(t.Context(), &Call{Op: op, Caller: rootCaller, In: op.New()}); err != nil {
			t.Errorf("root, %s: %v", op.Name, err)
		}
		if op.Audience == api.Bearer {
			continue
		}
		for document, allowed := range map[string]bool{
			"": false, everything: op.Audience != api.RootOnly,
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"` + op.Action + `","Resource":"*"}}`:    op.Audience != api.RootOnly,
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"` + op.Action + `","Resource":"*"}}`: false,
		} {
			err := judgedBy(t, op, document)
			if (err == nil) != allowed {
				t.Errorf("%s with %s: %v", op.Name, document, err)
			}
			want := " because no identity-based policy allows the " + op.Action + " action"
			if err != nil && (!api.IsKind(err, api.Forbidden) || !strings.HasSuffix(err.Error(), want)) {
				t.Errorf("%s: got %v, want …%q", op.Name, err, want)
			}
		}
	}
}

func TestPermit_explicitDeny(t *testing.T) {
	for operation, action := range map[string]string{"ListUsers": "chime:ListUsers", "ListJobs": "carillon:ListJobs"} { // the latter is the root key's
		err := judgedBy(t, api.Operation(operation), `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*:List*","Resource":"*"}]}`)
		want := "User: arn:aws:iam::" + aws + ":user/ann is not authorized to perform: " + action + " with an explicit deny in an identity-based policy"
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Who one is, everybody may ask.
func TestPermit_free(t *testing.T) {
	if err := judgedBy(t, sts.Operation("GetCallerIdentity"), `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`); err != nil {
		t.Error(err)
	}
	err := judgedBy(t, sts.Operation("GetAccessKeyInfo"), "")
	if err == nil || !api.IsKind(err, sts.Service.Denied) {
		t.Errorf("got %v", err)
	}
}

// Nobody may call what left the API, and the refusal says what it is.
func TestPermit_removed(t *testing.T) {
	for i := range api.RemovedOps {
		op := &api.RemovedOps[i]
		err := (&Dispatcher{}).permit(t.Context(), &Call{Op: op, Caller: &api.Caller{Root: true}})
		if !api.IsKind(err, api.Forbidden) || !strings.Contains(err.Error(), op.Name+" is not part of this API") {
			t.Errorf("%s: %v", op.Name, err)
		}
	}
}

func TestPermit_resource(t *testing.T) {
	d := &Dispatcher{Config: Config{Now: time.Now}}
	call := &Call{
		Op: api.Operation("CreateMeetingDialOut"), Caller: ann, Request: new(work.Request), In: &api.CreateMeetingDialOutInput{MeetingId: "m"},
		Policies: granted(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:chime::`+aws+`:meeting/other"}}`),
	}
	want := "User: " + ann.ARN + " is not authorized to perform: chime:CreateMeetingDialOut on resource: " +
		"arn:aws:chime::" + aws + ":meeting/m because no identity-based policy allows the chime:CreateMeetingDialOut action"
	if err := d.permit(t.Context(), call); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v", err)
	}
	call.In = &api.CreateMeetingDialOutInput{MeetingId: "other"}
	if err := d.permit(t.Context(), call); err != nil {
		t.Error(err)
	}
}

func TestConditions(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	session := *ann
	session.SessionMs = now.Add(-time.Hour).UnixMilli()
	c := &conditions{
		call: &Call{Caller: &session, Request: &work.Request{SourceIP: "192.0.2.1", UserAgent: "test", Region: "eu-west-1", Secure: true}},
		now:  func() time.Time { return now }, last: new(atomic.Pointer[instant]),
	}
	want := map[string]string{
		"aws:username": "ann", "aws:userid": "AIDAANN", "aws:principalarn": ann.ARN, "aws:principalaccount": aws, "aws:principaltype": "User",
		"aws:sourceip": "192.0.2.1", "aws:useragent": "test", "aws:requestedregion": "eu-west-1", "aws:securetransport": "true",
		"aws:currenttime": "2026-11-26T12:00:00Z", "aws:epochtime": "1795694400", "aws:tokenissuetime": "2026-11-26T11:00:00Z",
		"aws:multifactorauthpresent": "", "chime:nothing": "",
	}
	got := map[string][]string{} // all are good at the same time
	for name := range want {
		got[name], _ = c.Values(name)
	}
	for name, value := range want {
		if list := got[name]; value == "" && list != nil || value != "" && (len(list) != 1 || list[0] != value) {
			t.Errorf("%s: got %v, want %s", name, list, value)
		}
	}
}

// Who may rename a user may do so to names of those whom he may rename.
func TestPermit_renamed(t *testing.T) {
	each(t, func(w *world) {
		w.must(w.Store.Update(t.Context(), func(r store.Records) error {
			return r.InsertIamUser(&store.IamUser{AwsAccountID: aws, UserID: "AIDABOB", UserName: "bob", Path: "/dev/"})
		}))
		const dev = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/dev/*"}}`
		none := api.Opt[string]{}
		for _, c := range []struct {
			path, name api.Opt[string]
			refused    string // on which resource
		}{
			{none, none, ""},
			{none, api.Some("robert"), ""},
			{api.Some("/dev/two/"), api.Some("robert"), ""},
			{api.Some("/ops/"), none, ":user/ops/bob "},
			{api.Some("/"), api.Some("boss"), ":user/boss "},
		} {
			in := &iam.UpdateUserInput{UserName: api.Some("BOB"), NewPath: c.path, NewUserName: c.name}
			err := w.permit(t.Context(), &Call{Op: iam.Operation("UpdateUser"), Caller: ann, Request: new(work.Request), In: in, Policies: granted(t, dev)})
			if (err == nil) != (c.refused == "") || err != nil && !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%v %v: got %v", c.path, c.name, err)
			}
		}
	})
}

// A text that can be no name is a bad shape: nobody looks it up, and no policy is
// compared with it.
func TestPermit_strange(t *testing.T) {
	each(t, func(w *world) {
		for _, text := range []string{strings.Repeat("x", 1<<20), "arn:aws:iam::aws:policy/Administrator\x00Access"} {
			for i := range iam.Ops {
				op := &iam.Ops[i]
				in := op.New()
				named := false
				for _, p := range op.Params {
					if p.Name == op.UserBy() || strings.Contains(op.Resource, "{"+p.WireName+"}") {
						set(in, p.Name, text)
						named = true
					}
				}
				if !named {
					continue
				}
				for _, policies := range []string{everything, ""} {
					_, err := w.Do(t.Context(), &Call{Op: op, Caller: ann, Request: new(work.Request), In: in, Policies: granted(t, policies)})
					if !api.IsKind(err, api.QueryCommon.Invalid) && !api.IsKind(err, api.BadRequest) || len(err.Error()) > 1000 {
						t.Errorf("%s with %d bytes: got %.100v", op.Name, len(text), err)
					}
				}
			}
		}
	})
}

// set sets a member that is a text.
func set(in api.Input, member, text string) {
	v := reflect.ValueOf(in).Elem().FieldByName(member)
	if v.Kind() == reflect.String {
		v.SetString(text)
		return
	}
	v.Set(reflect.ValueOf(api.Some(text)))
}

// The time is that of the clock, also when that goes back.
func TestConditions_time(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	d := &Dispatcher{Config: Config{Now: func() time.Time { return now }}}
	for _, step := range []time.Duration{0, time.Second / 2, time.Second, -time.Hour} {
		now = now.Add(step)
		c := d.conditionsOf(&Call{})
		if got, want := c.value("aws:currenttime"), now.Format(time.RFC3339); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		c.release()
	}
}

func BenchmarkPermit(b *testing.B) {
	d := &Dispatcher{Config: Config{Now: time.Now}}
	c := &Call{
		Op: api.Operation("GetUser"), Caller: ann, Request: &work.Request{SourceIP: "192.0.2.1", Region: "us-east-1"}, In: new(api.GetUserInput),
		Policies: granted(b, `{"Version":"2012-10-17","Statement":[
			{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]}}},
			{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2099-01-01T00:00:00Z"}}},
			{"Effect":"Allow","Action":"chime:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"ann"}}}]}`),
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := d.permit(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
}
