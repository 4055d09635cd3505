package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Records say from where a request came and how it was protected: what proxies
// add counts if they are trusted.
func TestAudit_tls_and_proxies(t *testing.T) {
	t.Parallel()
	startsServers(t)
	cert, key, client := certificateFiles(t)
	address, file := freeAddress(t), t.TempDir()+"/audit.jsonl"
	s := &server{dir: t.TempDir(), flags: []string{
		"--listen", address, "--tls-cert", cert, "--tls-key", key, "--trusted-proxies", "127.0.0.1/32,10.0.0.0/8", "--audit-file", file,
	}}
	succeed(t, s.spawn())
	s.cleanup(t)
	eventually(t, "handshake", func() bool { return shown(address) != "" })
	vars, err := s.env()
	succeed(t, err)
	c := newCaller("https://"+address, aws.Credentials{AccessKeyID: vars["AWS_ACCESS_KEY_ID"], SecretAccessKey: vars["AWS_SECRET_ACCESS_KEY"]})
	c.fromAddress(t, client, "")
	c.fromAddress(t, client, "6.6.6.6, 192.0.2.77, 10.1.2.3")
	eventually(t, "lines of the audit file", func() bool { return strings.Count(readFile(file), "\n") == 2 })
	var sources []string
	for _, line := range linesOf(t, file) {
		r := readRecord(t, line)
		sources = append(sources, r.SourceIPAddress)
		equal(t, "tlsVersion", text(r.TlsDetails, "tlsVersion"), "TLSv1.3")
		equal(t, "clientProvidedHostHeader", text(r.TlsDetails, "clientProvidedHostHeader"), address)
		if !strings.HasPrefix(text(r.TlsDetails, "cipherSuite"), "TLS_") {
			t.Errorf("tlsDetails are %v", r.TlsDetails)
		}
	}
	equal(t, "sources", sources, []string{"127.0.0.1", "192.0.2.77"})
}

func TestAudit_strange_proxies(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o := e.office(t)
		o.admin.fromAddress(t, rawHTTP, "6.6.6.6")
		equal(t, "source", o.lookUp(t, nil)[0].record(t).SourceIPAddress, "127.0.0.1")
	})
}

// With --audit all, what only reads is recorded too, without what it has shown.
func TestAudit_all(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		o := e.office(t)
		o.admin.send(t, "GET", "/accounts/"+unknownID, "").refused(t, notFound) // which is in the log only
		o.do(t, "chime", "GetAccount", members{"AccountId": o.id})
		o.do(t, "iam", "GetUser", members{"UserName": "admin"})
		o.do(t, "sts", "GetCallerIdentity", nil)
		for name, source := range map[string]string{"GetAccount": "chime", "GetUser": "iam", "GetCallerIdentity": "sts"} {
			event := o.recorded(t, "EventName", name)
			event.agrees(t)
			r := event.record(t)
			equal(t, "read", []string{event.ReadOnly, r.EventSource}, []string{"true", source + ".amazonaws.com"})
			equal(t, "responseElements", r.ResponseElements, nil)
		}
		equal(t, "what was asked", o.recorded(t, "EventName", "GetAccount").record(t).RequestParameters, members{"accountId": o.id})
		var looked []auditEvent
		eventually(t, "record of a look-up", func() bool {
			fill(t, &looked, o.sdk.lookUpAll(t, o.keys, by("EventName", "LookupEvents"), 50))
			return len(looked) > 0
		})
		asked := looked[len(looked)-1].record(t).RequestParameters["lookupAttributes"]
		equal(t, "what was looked up", text(asked, 0, "attributeKey"), "EventName")
		changes := eventNames(o.lookUp(t, by("ReadOnly", "false")))
		equal(t, "changes", changes, []string{"ProvisionAccount"})
	}, "--audit", "all")
}

// With --audit off, nothing is recorded; what was before can be looked up.
func TestAudit_off(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	id := e.team(t)
	succeed(t, e.server.stop())
	e.server.flags = append(slices.Clone(e.server.flags), "--audit", "off")
	next := e.restart(t)
	next.team(t)
	o := next.office(t)
	o.as(aws.Credentials{AccessKeyID: o.keys.AccessKeyID, SecretAccessKey: "guessed"}).
		refused(t, "InvalidSignature", "", "chime", "DeleteAccount", members{"AccountId": o.id})
	succeed(t, next.server.stop()) // then all is written
	last := next.restart(t)
	equal(t, "records of the server", len(last.exported(t, "--all-accounts")), 1)
	last.byName().recorded(t, "ResourceName", id)
	last.tryCarillon(t, "audit", "verify").succeeded(t)
}

// Calls that were throttled leave no records.
func TestAudit_throttled(t *testing.T) {
	t.Parallel()
	e := ownServer(t, throttling...)
	c := e.tenant(t)
	for range 2 {
		c.send(t, "POST", "/accounts", `{"Name":"x"}`).ok(t, 201)
	}
	for range 3 {
		c.send(t, "POST", "/accounts", `{"Name":"x"}`).refused(t, throttled)
	}
	succeed(t, e.server.stop()) // then all is written
	equal(t, "records", len(e.restart(t).exported(t, "--all-accounts")), 1+2)
}

// Nobody sees the records of another AWS account, but for the root key.
func TestAudit_another_account_is_invisible(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o, other := e.office(t), e.office(t)
		o.do(t, "iam", "CreateUser", members{"UserName": "Clerk"})
		other.do(t, "iam", "CreateUser", members{"UserName": "Clerk"})
		for _, name := range []string{o.id, "Clerk"} {
			for _, event := range other.lookUp(t, by("ResourceName", name)) {
				equal(t, "whose record", event.record(t).RecipientAccountId, other.account)
			}
		}
		for _, line := range other.admin.exported(t) {
			equal(t, "whose record", readRecord(t, line).RecipientAccountId, other.account)
		}
		theirs := o.lookUp(t, by("ResourceName", o.id))[0]
		equal(t, "by the id of the event", len(other.lookUp(t, by("EventId", theirs.EventId))), 0)
		equal(t, "by the key", len(other.lookUp(t, by("AccessKeyId", o.keys.AccessKeyID))), 0)
		equal(t, "audit list", len(other.admin.audited(t, "--resource", o.id)), 0)
		equal(t, "audit list of all", len(e.audited(t, "--all-accounts", "--resource", o.id)), 1)
		equal(t, "audit list of root", len(e.audited(t, "--resource", o.id)), 0)
		other.admin.tryCarillon(t, "audit", "list", "--all-accounts").failed(t, exitFailed, "ForbiddenException")
		other.admin.tryCarillon(t, "audit", "export", "--all-accounts", t.TempDir()+"/file").failed(t, exitFailed, "ForbiddenException")
		other.admin.tryCarillon(t, "audit", "verify").failed(t, exitFailed, "ForbiddenException")
	})
}

// audited returns what carillon audit list prints.
func (c *caller) audited(t testing.TB, args ...string) []auditEvent {
	t.Helper()
	return carillon[struct{ Events []auditEvent }](t, c, append([]string{"audit", "list"}, args...)...).Events
}
