package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Links are shown to those who may have them: who has one can accept.
func TestInvitation_link_for_whom(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		e.invite(t, id, "ann@example.com")
		invite := e.onlyInvitation(t, id).InviteId
		clerk := e.userOf(t, rootAwsAccount, "clerk-of-links")
		const document = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"carillon:GetInvitationUrl","Resource":"*"}}`
		e.byName().do(t, "iam", "PutUserPolicy", members{"UserName": "clerk-of-links", "PolicyName": "p", "PolicyDocument": document})
		line := clerk.onlyInvitation(t, id)
		equal(t, "address", line.EmailAddress, "ann@example.com")
		equal(t, "url", line.Url, "")
		clerk.tryCarillon(t, "invitation", "url", "--account-id", id, "--invite-id", invite).failed(t, exitFailed, "ForbiddenException")
		got := clerk.tryCarillon(t, "invitation", "resend", "--account-id", id, "--invite-id", invite)
		if strings.Contains(got.succeeded(t), "/invitations/") {
			t.Errorf("resending shows the link: %s", got.stdout)
		}
		if e.onlyInvitation(t, id).Url == "" {
			t.Error("others do not see the link either")
		}
	})
}

func TestInvitation_records(t *testing.T) {
	forEachMailing(t, func(t *testing.T, e *env, p *postOffice) {
		id := e.team(t)
		e.invite(t, id, "ann.unseen@example.com")
		link := p.letter(t, 1).link(t)
		e.accept(t, link, "Ann Unseen").page(t, 200)
		p.refuse(550)
		e.invite(t, id, "bob.unseen@example.com")
		eventually(t, "the invitation fails", func() bool { return len(e.invitations(t, id, "--status", "Failed")) == 1 })
		admin := e.byName()
		accepted := admin.recorded(t, "EventName", "AcceptInvitation")
		record := accepted.record(t)
		equal(t, "type", record.EventType, "AwsApiCall")
		text := accepted.CloudTrailEvent + admin.recorded(t, "EventName", "FailInvitation").CloudTrailEvent
		for _, word := range []string{`"invokedBy":"invitation"`, id, `"eventType":"AwsServiceEvent"`} {
			if !strings.Contains(text, word) {
				t.Errorf("the records lack %q: %s", word, text)
			}
		}
		token := strings.TrimPrefix(link, "/invitations/")
		for _, secret := range []string{token, "Unseen", "unseen"} {
			if strings.Contains(text, secret) {
				t.Errorf("the records have %q: %s", secret, text)
			}
		}
	})
}

func TestInvitation_texts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "invitation.en.txt")
	rewrite(t, file, "Subject: First\n\n{{.Url}}\n")
	p := newPostOffice(t)
	e := ownServer(t, p.flags("--mail-templates", dir)...)
	id := e.team(t)
	e.invite(t, id, "a@example.com")
	equal(t, "subject", p.letter(t, 1).header(t, "Subject"), "First")
	rewrite(t, file, "Subject: Second\n\n{{.Url}}\n")
	e.server.hangUp(t)
	e.invite(t, id, "b@example.com")
	equal(t, "subject", p.letter(t, 2).header(t, "Subject"), "Second")
	rewrite(t, file, "Subject: {{")
	e.server.hangUp(t)
	e.invite(t, id, "c@example.com")
	equal(t, "subject", p.letter(t, 3).header(t, "Subject"), "Second")
	if log := readFile(e.server.log()); !strings.Contains(log, "mail templates not loaded again") {
		t.Error("the log does not tell of the mistake")
	}
}

func TestInvitation_settings(t *testing.T) {
	t.Parallel()
	const url = "smtp://user:s3cret@mail.example.com"
	for _, test := range []struct{ flags, word string }{
		{"--smtp-url " + url, "go together"},
		{"--smtp-url " + url + " --mail-from a@example.com", "go together"},
		{"--mail-from a@example.com --public-url https://x.example", "go together"},
		{"--mail-templates .", "go together"},
		{"--smtp-url http://user:s3cret@h --mail-from a@example.com --public-url https://x.example", "--smtp-url"},
		{"--smtp-url " + url + " --mail-from nobody --public-url https://x.example", "--mail-from"},
		{"--smtp-url " + url + " --mail-from a@example.com --public-url chime", "--public-url"},
	} {
		args := append([]string{"serve", "--data", filepath.Join(t.TempDir(), "data")}, strings.Fields(test.flags)...)
		got := carillonIn(t, cleanEnv(t.TempDir()), args...)
		got.failed(t, exitUsage, test.word)
		if strings.Contains(got.stderr, "s3cret") {
			t.Errorf("%s: the secret is shown", test.flags)
		}
	}
	args := strings.Fields("serve --smtp-url " + url + " --mail-from a@example.com --public-url https://x.example --mail-templates /nowhere --data")
	carillonIn(t, cleanEnv(t.TempDir()), append(args, filepath.Join(t.TempDir(), "data"))...).failed(t, exitFailed, "--mail-templates", "/nowhere")
}

func TestInvitation_secret_from_file(t *testing.T) {
	t.Parallel()
	p := newPostOffice(t)
	secret := write(t, "smtp", "smtp://"+p.address+"?tls=required\n")
	s, err := startServerIn(t.TempDir(), []string{"CARILLON_SMTP_URL_FILE=" + secret}, "--mail-from", "a@example.com", "--public-url", "https://x.example")
	succeed(t, err)
	s.cleanup(t)
	c := newCaller(s.endpoint, s.keys)
	id := c.team(t)
	c.invite(t, id, "a@example.com")
	eventually(t, "it is tried", func() bool { return strings.Contains(c.onlyInvitation(t, id).LastError, "STARTTLS") })
	equal(t, "mails", p.tried(), 0)
	if machine, err := os.Hostname(); err == nil && strings.Contains(c.onlyInvitation(t, id).LastError, machine) {
		t.Error("LastError names the machine")
	}
}
