package main

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"carillon/chime"
	"carillon/dispatch"
	"carillon/server"
	"carillon/trail"
)

// behaviourFlags say how a server behaves to its callers, wherever it is and
// whatever it keeps.
type behaviourFlags struct {
	AwsAccountID      string  `name:"aws-account-id" help:"AWS account of the root key, 12 digits." default:"000000000000" placeholder:"ID"`
	Fidelity          string  `help:"documented, or observed: also the live service's undocumented refusals." enum:"documented,observed" default:"documented"`
	ThrottleRPS       float64 `name:"throttle-rps" help:"Requests a second that an AWS account may send to one operation; 0: no limit." default:"0"`
	ThrottleBurst     int     `help:"Requests that may come at once under --throttle-rps; 0: twice the rate." default:"0"`
	ThrottleStyle     string  `help:"chime: 429 as Amazon Chime; retryable: 503, which every SDK retries." enum:"chime,retryable" default:"chime"`
	PublicURL         string  `name:"public-url" help:"URL under which webhooks and invitations reach this server; else the address it listens on." placeholder:"URL"`
	DialOutURL        string  `name:"dial-out-url" help:"Where CreateMeetingDialOut requests go; without it they are refused." placeholder:"URL"`
	LambdaInvokeURL   string  `name:"lambda-invoke-url" help:"Where events for bots with a Lambda function go; without it they are undeliverable." placeholder:"URL"`
	AllowPrivateHooks bool    `name:"allow-private-webhooks" help:"Bot endpoints may be private, loopback or link-local addresses."`
	QuotaAccounts     int     `help:"Chime accounts per AWS account." default:"10000"`
	QuotaPhoneNumbers int     `help:"Phone numbers per AWS account." default:"5"`
	QuotaRooms        int     `help:"Rooms per account, and per member." default:"1500"`
	QuotaMemberships  int     `name:"quota-room-memberships" help:"Members per room." default:"1000"`
	QuotaBots         int     `help:"Bots per account." default:"10"`
	Audit             string  `help:"What is recorded: changes, all (reads too) or off." enum:"changes,all,off" default:"changes"`
	AuditRetention    days    `help:"How long records are kept, in days or hours; 0: for ever." default:"365d" placeholder:"DURATION"`
	AuditFile         string  `help:"File that takes the records as JSON lines too; SIGHUP opens it anew." placeholder:"FILE"`
	Console           bool    `help:"Pages for people with a browser, at /ui/." default:"true"`
	TrustedProxies    []cidr  `help:"Networks of proxies whose X-Forwarded-For counts, as in 10.0.0.0/8." placeholder:"CIDR"`
}

// check returns what is wrong with the values.
func (f *behaviourFlags) check() error {
	switch {
	case !accountIDPattern.MatchString(f.AwsAccountID):
		return errors.New("--aws-account-id takes 12 digits")
	case !(f.ThrottleRPS >= 0) || f.ThrottleBurst < 0: // NaN is neither
		return errors.New("--throttle-rps and --throttle-burst take no negative values")
	case min(f.QuotaAccounts, f.QuotaPhoneNumbers, f.QuotaRooms, f.QuotaMemberships, f.QuotaBots) < 0:
		return errors.New("a quota takes no negative value")
	}
	return f.checkURLs()
}

// checkURLs returns what is wrong with the URLs that the server gives out or calls.
func (f *behaviourFlags) checkURLs() error {
	for _, given := range [][2]string{
		{"--public-url", f.PublicURL}, {"--dial-out-url", f.DialOutURL}, {"--lambda-invoke-url", f.LambdaInvokeURL},
	} {
		u, err := url.Parse(given[1])
		if given[1] != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("%s takes a URL that begins with https:// or http://", given[0])
		}
	}
	return nil
}

func (f *behaviourFlags) throttle() dispatch.Throttle {
	return dispatch.Throttle{RPS: f.ThrottleRPS, Burst: f.ThrottleBurst, Retryable: f.ThrottleStyle == "retryable"}
}

// apply sets the options that the flags say.
func (f *behaviourFlags) apply(o *server.Options) {
	o.NoConsole = !f.Console
	o.Fidelity = chime.Fidelity(f.Fidelity)
	o.Root.AwsAccountID = f.AwsAccountID
	o.Throttle, o.TrustedProxies = f.throttle(), f.trustedProxies()
	o.Quotas = chime.Quotas{
		Accounts: f.QuotaAccounts, PhoneNumbers: f.QuotaPhoneNumbers, Rooms: f.QuotaRooms,
		RoomMemberships: f.QuotaMemberships, Bots: f.QuotaBots,
	}
	o.PublicURL, o.DialOutURL, o.LambdaURL, o.PrivateWebhooks = f.PublicURL, f.DialOutURL, f.LambdaInvokeURL, f.AllowPrivateHooks
	o.Audit, o.AuditRetention, o.AuditFile = trail.Level(f.Audit), time.Duration(f.AuditRetention), f.AuditFile
}
