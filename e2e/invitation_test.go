package e2e

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// invitationLine is what carillon invitation list shows.
type invitationLine struct {
	InviteId, UserId, EmailAddress, Status, EmailStatus, InvitedOn, ExpiresOn, LastError, Url string
	Attempts                                                                                  int
}

func (c *caller) invitations(t testing.TB, accountID string, more ...string) []invitationLine {
	t.Helper()
	args := append([]string{"invitation", "list", "--account-id", accountID}, more...)
	return carillon[struct{ Invitations []invitationLine }](t, c, args...).Invitations
}

// onlyInvitation is the one that an account has.
func (c *caller) onlyInvitation(t testing.TB, accountID string) invitationLine {
	t.Helper()
	list := c.invitations(t, accountID)
	if len(list) != 1 {
		t.Fatalf("%d invitations", len(list))
	}
	return list[0]
}

// page checks a page and that it has some words.
func (a answer) page(t testing.TB, status int, words ...string) {
	t.Helper()
	equal(t, "status", a.status, status)
	for name, want := range map[string]string{
		"X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8",
	} {
		equal(t, name, a.header.Get(name), want)
	}
	if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("Content-Security-Policy is %q", csp)
	}
	if a.header.Get("X-Amzn-Requestid") == "" {
		t.Error("the page has no request id")
	}
	for _, word := range words {
		if !strings.Contains(a.body, word) {
			t.Errorf("the page lacks %q:\n%s", word, a.body)
		}
	}
}

func forEachMailing(t *testing.T, test func(*testing.T, *env, *postOffice)) {
	t.Helper()
	forEach(t, func(t *testing.T, e *engine) {
		p := newPostOffice(t)
		test(t, e.start(t, p.flags("--test-clock", "--log-level", "debug")...), p)
	})
}

func TestInvitation_accepted(t *testing.T) {
	forEachMailing(t, func(t *testing.T, e *env, p *postOffice) {
		id := e.team(t)
		invites := e.invite(t, id, "ann@example.com")
		equal(t, "EmailStatus", invites[0].EmailStatus, types.EmailStatusSent)
		mail := p.letter(t, 1)
		equal(t, "to", mail.to, "ann@example.com")
		link := mail.link(t)
		for range 2 { // looking changes nothing
			e.browse(t, link).page(t, 200, "Your name", ">Accept</button>", "ann@example.com")
		}
		e.browse(t, link, "Accept-Language", "de-CH,de;q=0.9").page(t, 200, "Ihr Name", `<html lang="de">`)
		equal(t, "before", e.find(t, id, "ann@example.com").UserRegistrationStatus, types.RegistrationStatusUnregistered)
		e.accept(t, link, "Ann", "Sec-Fetch-Site", "cross-site").page(t, 403)
		e.accept(t, link, "Ann", "Origin", "https://evil.example").page(t, 403)
		e.accept(t, link, " \t").page(t, 400)
		e.accept(t, link, "Ann <b> Example", "Sec-Fetch-Site", "same-origin").page(t, 200, "Welcome")
		user := e.get(t, id, *e.find(t, id, "ann@example.com").UserId)
		equal(t, "registration", user.UserRegistrationStatus, types.RegistrationStatusRegistered)
		equal(t, "invitation", user.UserInvitationStatus, types.InviteStatusAccepted)
		equal(t, "name", aws.ToString(user.DisplayName), "Ann <b> Example")
		isNow(t, "RegisteredOn", user.RegisteredOn)
		raw := e.send(t, "GET", "/accounts/"+id+"/users/"+*user.UserId, "")
		if strings.Contains(raw.body, `"LastActiveOn":null`) {
			t.Errorf("nobody has seen the user act: %s", raw.body)
		}
		e.browse(t, link).page(t, 410, "already")
		e.accept(t, link, "Other").page(t, 410, "already")
		equal(t, "status", e.onlyInvitation(t, id).Status, "Accepted")
		equal(t, "url", e.onlyInvitation(t, id).Url, "")
		token := strings.TrimPrefix(link, "/invitations/")
		for _, secret := range []string{token, token[strings.LastIndexByte(token, '.'):], "ann@example.com", "Ann <b>"} {
			if strings.Contains(readFile(e.server.log()), secret) {
				t.Errorf("the log has %q", secret)
			}
		}
	})
}

func TestInvitation_link_is_over(t *testing.T) {
	forEachMailing(t, func(t *testing.T, e *env, p *postOffice) {
		id := e.team(t)
		e.invite(t, id, "ann@example.com")
		first := p.letter(t, 1).link(t)
		invite := e.onlyInvitation(t, id)
		equal(t, "url", invite.Url, "https://chime.example.com"+first)
		ids := []string{"--account-id", id, "--invite-id", invite.InviteId}
		e.tryCarillon(t, append([]string{"invitation", "resend", "--locale", "de"}, ids...)...).succeeded(t)
		mail := p.letter(t, 2)
		equal(t, "language", mail.header(t, "Content-Language"), "de")
		second := mail.link(t)
		e.browse(t, first).page(t, 410, "newer link")
		e.accept(t, first, "Ann").page(t, 410)
		e.browse(t, second).page(t, 200)
		e.browse(t, second+"x").page(t, 404, "not found")
		e.browse(t, "/invitations/").page(t, 404)
		e.advance(t, "719h")
		e.browse(t, second).page(t, 200)
		e.advance(t, "1h")
		e.browse(t, second).page(t, 410, "expired")
		e.accept(t, second, "Ann").page(t, 410, "expired")
		e.tryCarillon(t, append([]string{"invitation", "resend"}, ids...)...).succeeded(t)
		third := p.letter(t, 3).link(t)
		e.browse(t, third).page(t, 200)
		e.tryCarillon(t, append([]string{"invitation", "withdraw"}, ids...)...)
		e.accept(t, third, "Ann").page(t, 410, "withdrawn")
		equal(t, "invitations", len(e.invitations(t, id)), 0)
		again := e.invite(t, id, "ann@example.com")
		equal(t, "status", again[0].Status, types.InviteStatusPending)
	})
}

func TestInvitation_refused_by_the_mail_server(t *testing.T) {
	forEachMailing(t, func(t *testing.T, e *env, p *postOffice) {
		id := e.team(t)
		p.refuse(550)
		e.invite(t, id, "nobody@example.com")
		eventually(t, "the invitation fails", func() bool { return e.onlyInvitation(t, id).Status == "Failed" })
		failed := e.onlyInvitation(t, id)
		equal(t, "EmailStatus", failed.EmailStatus, "Failed")
		if !strings.Contains(failed.LastError, "words of the server") {
			t.Errorf("LastError is %q", failed.LastError)
		}
		equal(t, "user", e.find(t, id, "nobody@example.com").UserInvitationStatus, types.InviteStatusFailed)
		equal(t, "tries", p.tried(), 1)
	})
}

func TestInvitation_tried_again(t *testing.T) {
	forEachMailing(t, func(t *testing.T, e *env, p *postOffice) {
		id := e.team(t)
		p.refuse(421)
		e.invite(t, id, "ann@example.com")
		eventually(t, "it is tried", func() bool { return e.onlyInvitation(t, id).Attempts >= 1 })
		equal(t, "EmailStatus", e.onlyInvitation(t, id).EmailStatus, "Sent")
		for tries := p.tried(); tries < 5; tries = p.tried() { // gone for some time
			// A try that ends after the clock has moved counts its wait from there: it moves on.
			eventually(t, "it is tried again", func() bool {
				e.advance(t, "5m")
				return p.tried() > tries
			})
		}
		p.refuse(450)
		e.advance(t, "1h")
		p.refuse(0)
		eventually(t, "the mail arrives", func() bool {
			e.advance(t, "5m")
			return len(p.letters()) == 1
		})
		eventually(t, "the error is forgotten", func() bool { return e.onlyInvitation(t, id).LastError == "" })

		p.refuse(451)
		e.invite(t, id, "bob@example.com")
		for range 60 {
			e.advance(t, "1h")
			if e.invitations(t, id)[1].Status == "Failed" {
				break
			}
		}
		eventuallyWithin(t, startTimeout, "it is given up", func() bool {
			e.advance(t, "1h")
			return e.invitations(t, id)[1].Status == "Failed"
		})
		equal(t, "mails", len(p.letters()), 1)
		equal(t, "failed", len(e.invitations(t, id, "--status", "Failed")), 1)
	})
}

// A mail that may or may not have been taken is sent again, as the same mail; one
// that was is not.
func TestInvitation_crash(t *testing.T) {
	forEachMailing(t, func(t *testing.T, e *env, p *postOffice) {
		id := e.team(t)
		died := make(chan struct{})
		p.mu.Lock()
		p.arrived = func() {
			p.mu.Lock()
			p.arrived = nil
			p.mu.Unlock()
			e.server.kill()
			close(died)
		}
		p.mu.Unlock()
		e.invite(t, id, "ann@example.com")
		<-died
		next := e.restart(t)
		eventuallyWithin(t, stopTimeout, "it is sent again", func() bool { return len(p.letters()) == 2 })
		first, second := p.letters()[0], p.letters()[1]
		equal(t, "Message-ID", second.header(t, "Message-ID"), first.header(t, "Message-ID"))
		eventually(t, "it is done", func() bool { return next.onlyInvitation(t, id).Attempts == 1 })
		last := next.restartAfterKill(t)
		last.accept(t, second.link(t), "Ann").page(t, 200)
		equal(t, "mails", len(p.letters()), 2)
	})
}

// restartAfterKill kills the server and starts another one.
func (e *env) restartAfterKill(t testing.TB) *env {
	t.Helper()
	e.server.kill()
	return e.restart(t)
}

func TestInvitation_without_mail_server(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		id := c.team(t)
		equal(t, "EmailStatus", c.invite(t, id, "ann@example.com")[0].EmailStatus, types.EmailStatusNotSent)
		line := c.onlyInvitation(t, id)
		path, found := strings.CutPrefix(line.Url, e.endpoint)
		if !found {
			t.Fatalf("the link is %q", line.Url)
		}
		got := carillon[struct{ Url string }](t, c, "invitation", "url", "--account-id", id, "--invite-id", line.InviteId)
		equal(t, "url", got.Url, line.Url)
		e.tenant(t).tryCarillon(t, "invitation", "url", "--account-id", id, "--invite-id", line.InviteId).failed(t, exitFailed, "NotFoundException")
		c.accept(t, path, "Ann").page(t, 200)
		user := *c.find(t, id, "ann@example.com").UserId
		c.tryCarillon(t, "user", "rename", "--account-id", id, "--user-id", user, "--name", "Ann Other").succeeded(t)
		equal(t, "name", aws.ToString(c.get(t, id, user).DisplayName), "Ann Other")
		c.tryCarillon(t, "invitation", "withdraw", "--account-id", id, "--invite-id", line.InviteId).failed(t, exitFailed, "ConflictException")
	})
}

func TestReport_user_activity(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		id := c.enterprise(t)
		users := c.users(t, id, 2)
		sender := aws.ToString(c.get(t, id, users[0]).PrimaryEmail)
		c.importMessages(t,
			message{AccountId: id, ConversationId: "talk", MessageId: "1", Sender: sender, Content: "c", CreatedTimestamp: "2026-11-15T00:00:00Z"},
			message{AccountId: id, ConversationId: "talk", MessageId: "2", Sender: users[0], Content: "c", CreatedTimestamp: "2026-11-21T23:59:59Z"},
			message{AccountId: id, ConversationId: "talk", MessageId: "3", Sender: sender, Content: "c", CreatedTimestamp: "2026-11-22T00:00:00Z"},
			message{AccountId: id, ConversationId: "talk", MessageId: "4", Sender: "stranger", Content: "c", CreatedTimestamp: "2026-11-16T00:00:00Z"})
		for week, want := range map[string]string{"2026-W47": "0,0,2", "2026-W48": "0,0,1", "2026-W46": "0,0,0"} {
			out := c.tryCarillon(t, "report", "user-activity", "--account-id", id, "--week", week).succeeded(t)
			lines := strings.Split(strings.TrimSpace(out), "\n")
			if len(lines) != 3 || !strings.HasSuffix(lines[1], want) || !strings.HasSuffix(lines[2], "0,0,0") {
				t.Errorf("%s: %s", week, out)
			}
		}
		raw := c.send(t, "GET", "/accounts/"+id+"/users/"+users[0], "")
		if !strings.Contains(raw.body, `"LastActiveOn":"2026-11-22T00:00:00.000Z"`) {
			t.Errorf("LastActiveOn: %s", raw.body)
		}
		c.tryCarillon(t, "report", "user-activity", "--account-id", id, "--week", "47").failed(t, exitUsage)
	})
}
