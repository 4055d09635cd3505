package e2e

import (
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// GetCallerIdentity tells who everybody is, whatever policies say.
func TestIam_caller_identity(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		root := e.byName()
		session := root.as(credentialsIn(root.do(t, "sts", "GetSessionToken", members{"DurationSeconds": 129600}), "Credentials"))
		for _, p := range []*principal{root, session} {
			me := p.do(t, "sts", "GetCallerIdentity", nil)
			equal(t, "root", []string{text(me, "Account"), text(me, "Arn"), text(me, "UserId")}, []string{rootAwsAccount, "arn:aws:iam::" + rootAwsAccount + ":root", rootAwsAccount})
		}
		admin, account := e.admin(t)
		user := newPrincipal(t, admin.byName(), "nobody", "")
		id := text(admin.byName().do(t, "iam", "GetUser", members{"UserName": "nobody"}), "User", "UserId")
		admin.byName().do(t, "iam", "PutUserPolicy", members{"UserName": "nobody", "PolicyName": "p", "PolicyDocument": denyAll})
		for _, p := range []*principal{user, user.as(credentialsIn(user.do(t, "sts", "GetSessionToken", nil), "Credentials"))} {
			me := p.do(t, "sts", "GetCallerIdentity", nil)
			equal(t, "user", []string{text(me, "Account"), text(me, "Arn"), text(me, "UserId")}, []string{account, "arn:aws:iam::" + account + ":user/nobody", id})
			p.refused(t, "AccessDenied", denialText("arn:aws:iam::"+account+":user/nobody", "iam:GetUser", "arn:aws:iam::"+account+":user/nobody", explicitDeny), "iam", "GetUser", nil)
		}
	})
}

// Sessions last as long as was asked for; those of the root key an hour at most.
func TestIam_session_lengths(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, _ := e.admin(t)
		for _, tt := range []struct {
			p       *principal
			seconds int
			want    time.Duration
		}{
			{admin.byName(), 900, 15 * time.Minute},
			{admin.byName(), 129600, 36 * time.Hour},
			{admin.byName(), 0, 12 * time.Hour},
			{e.byName(), 0, time.Hour},
			{e.byName(), 900, 15 * time.Minute},
		} {
			in := members{}
			if tt.seconds > 0 {
				in["DurationSeconds"] = tt.seconds
			}
			out := tt.p.do(t, "sts", "GetSessionToken", in)
			ends, err := time.Parse(time.RFC3339, text(out, "Credentials", "Expiration"))
			succeed(t, err)
			isAbout(t, "Expiration", &ends, time.Now().Add(tt.want))
			if id := text(out, "Credentials", "AccessKeyId"); !strings.HasPrefix(id, "ASIA") {
				t.Errorf("the session has the key %s", id)
			}
		}
		for _, seconds := range []int{899, 129601} {
			o := admin.byName().try(t, "sts", "GetSessionToken", members{"DurationSeconds": seconds})
			if o.Error == nil || o.Error.Name != "ValidationError" || o.Error.Status != 400 {
				t.Errorf("a session of %d seconds: %+v", seconds, o.Error)
			}
		}
	})
}

// Sessions end by the clock that tests move.
func TestIam_session_ends(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		admin, _ := e.admin(t)
		session := credentialsIn(admin.byName().do(t, "sts", "GetSessionToken", members{"DurationSeconds": 900}), "Credentials")
		signed := presignedAccounts(t, newCaller(e.endpoint, session))
		e.advance(t, "14m")
		do(t, signed(t)).ok(t, 200)
		e.advance(t, "2m")
		do(t, signed(t)).refused(t, refusal{"ExpiredTokenException", "", 403}, "has expired")
		o := admin.byName().as(session).try(t, "sts", "GetCallerIdentity", nil)
		if o.Error == nil || o.Error.Name != "ExpiredToken" || o.Error.Status != 403 {
			t.Errorf("GetCallerIdentity: %+v", o.Error)
		}
	}, "--test-clock")
}

// presignedIdentity returns an address that tells who signed it.
func presignedIdentity(t *testing.T, c *caller, keys aws.Credentials) string {
	t.Helper()
	client := goSDK{c.endpoint}.client(keys, "sts").(*sts.Client)
	signed, err := sts.NewPresignClient(client).PresignGetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
	succeed(t, err)
	return signed.URL
}

// presignedAccounts returns what makes a presigned request of a session.
func presignedAccounts(t *testing.T, c *caller) func(t *testing.T) *http.Request {
	t.Helper()
	return func(t *testing.T) *http.Request {
		r := c.request(t, "GET", "/accounts?X-Amz-Security-Token="+url.QueryEscape(c.keys.SessionToken), "")
		s := signerOf(c)
		s.headers = "host"
		s.presign(r, "60")
		return r
	}
}

// A presigned address of GetCallerIdentity, with which tools prove who they are.
func TestIam_presigned_identity(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, account := e.admin(t)
		user := newPrincipal(t, admin.byName(), "prover", "")
		session := credentialsIn(user.do(t, "sts", "GetSessionToken", nil), "Credentials")
		get := func(keys aws.Credentials) answer {
			r, err := http.NewRequestWithContext(t.Context(), "GET", presignedIdentity(t, e.caller, keys), nil)
			succeed(t, err)
			return do(t, r)
		}
		for _, keys := range []aws.Credentials{user.keys, session} {
			got := get(keys)
			var identity struct {
				Arn string `xml:"GetCallerIdentityResult>Arn"`
			}
			succeed(t, xml.Unmarshal([]byte(got.body), &identity))
			equal(t, "Arn", identity.Arn, "arn:aws:iam::"+account+":user/prover")
		}
		signed := presignedAccounts(t, newCaller(e.endpoint, session))
		do(t, signed(t)).refused(t, forbidden, "user/prover", "chime:ListAccounts")
		admin.byName().do(t, "iam", "UpdateAccessKey", members{"UserName": "prover", "AccessKeyId": user.keys.AccessKeyID, "Status": "Inactive"})
		get(user.keys).refusedInXML(t, stsNamespace, 403, "InvalidClientTokenId", "unknown or disabled")
		get(session).refusedInXML(t, stsNamespace, 403, "ExpiredToken", "has expired")
		do(t, signed(t)).refused(t, refusal{"ExpiredTokenException", "", 403})
	})
}
