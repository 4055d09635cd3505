package e2e

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

const (
	iamNamespace = "https://iam.amazonaws.com/doc/2010-05-08/"
	stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"
)

// refusedInXML checks that an answer is a refusal in the form of AWS Query.
func (a answer) refusedInXML(t *testing.T, namespace string, status int, code string, words ...string) {
	t.Helper()
	var e struct {
		XMLName   xml.Name
		Type      string `xml:"Error>Type"`
		Code      string `xml:"Error>Code"`
		Message   string `xml:"Error>Message"`
		RequestID string `xml:"RequestId"`
	}
	if err := xml.Unmarshal([]byte(a.body), &e); err != nil {
		t.Fatalf("%v in %d %s", err, a.status, a.body)
	}
	equal(t, "root", e.XMLName, xml.Name{Space: namespace, Local: "ErrorResponse"})
	equal(t, "Content-Type", a.header.Get("Content-Type"), "text/xml")
	equal(t, "RequestId", e.RequestID, a.header.Get("x-amzn-RequestId"))
	isUUID(t, "RequestId", e.RequestID)
	if a.status != status || e.Code != code || e.Type != "Sender" {
		t.Errorf("got %d %s, want %d %s", a.status, a.body, status, code)
	}
	for _, word := range words {
		if !strings.Contains(e.Message, word) {
			t.Errorf("the message %q lacks %q", e.Message, word)
		}
	}
}

// refusedInJSON checks that an answer is a refusal in the form of JSON 1.1.
func (a answer) refusedInJSON(t *testing.T, status int, name string, words ...string) {
	t.Helper()
	e := parseJSON[struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}](t, a.body)
	equal(t, "Content-Type", a.header.Get("Content-Type"), "application/x-amz-json-1.1")
	isUUID(t, "request id", a.header.Get("x-amzn-RequestId"))
	if a.status != status || e.Type != name {
		t.Errorf("got %d %s, want %d %s", a.status, a.body, status, name)
	}
	for _, word := range words {
		if !strings.Contains(e.Message, word) {
			t.Errorf("the message %q lacks %q", e.Message, word)
		}
	}
}

// form makes an unsigned request in the form of AWS Query.
func (c *caller) form(t *testing.T, body string) *http.Request {
	t.Helper()
	r := c.request(t, "POST", "/", body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	return r
}

// post sends a form, signed for a service.
func (c *caller) post(t *testing.T, service, body string) answer {
	t.Helper()
	r := c.form(t, body)
	s := signerOf(c)
	s.service = service
	s.sign(r, body)
	return do(t, r)
}

const (
	listUsersForm = "Action=ListUsers&Version=2010-05-08"
	identityForm  = "Action=GetCallerIdentity&Version=2011-06-15"
)

func TestIam_unknown_operations(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, tt := range []struct {
			service, body, code string
			words               []string
		}{
			{"iam", "Action=CreateRole&Version=2010-05-08&RoleName=r", "InvalidAction", []string{"CreateRole", "2010-05-08"}},
			{"iam", "Action=listusers&Version=2010-05-08", "InvalidAction", []string{"listusers"}},
			{"iam", "Action=ListUsers&Version=2010-05-09", "InvalidAction", []string{"ListUsers", "2010-05-09"}},
			{"iam", "Action=ListUsers", "InvalidAction", []string{"ListUsers", "Version"}},
			{"iam", "Version=2010-05-08", "MissingAction", []string{"Action"}},
			{"iam", "", "MissingAction", nil},
			{"iam", identityForm, "InvalidAction", []string{"GetCallerIdentity", "2011-06-15"}},
			{"sts", listUsersForm, "InvalidAction", []string{"ListUsers", "2010-05-08"}},
			{"sts", "Action=AssumeRole&Version=2011-06-15", "InvalidAction", []string{"AssumeRole"}},
			{"sts", "Action=ListUsers&Version=2011-06-15", "InvalidAction", []string{"ListUsers"}},
			{"iam", "Action=<b>&Version=2010-05-08", "InvalidAction", nil},
		} {
			namespace := map[string]string{"iam": iamNamespace, "sts": stsNamespace}[tt.service]
			e.post(t, tt.service, tt.body).refusedInXML(t, namespace, 400, tt.code, tt.words...)
		}
		e.post(t, "IAM", listUsersForm).isXML(t, "ListUsersResponse")
		e.post(t, "chime", listUsersForm).refused(t, unknownPath)
	})
}

// isXML checks that an answer is a success.
func (a answer) isXML(t *testing.T, root string) {
	t.Helper()
	if a.status != http.StatusOK || !strings.HasPrefix(a.body, "<"+root+" ") {
		t.Errorf("got %d %s, want %s", a.status, a.body, root)
	}
}

// A path of Chime is none of IAM, whatever the operation is called.
func TestIam_paths_of_chime(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		r := e.request(t, "GET", "/accounts", "")
		s := signerOf(e.caller)
		s.service = "iam"
		s.sign(r, "")
		do(t, r).refusedInXML(t, iamNamespace, 404, "InvalidAction", "/")
		r = e.request(t, "PUT", "/", "")
		s.sign(r, "")
		got := do(t, r)
		got.refusedInXML(t, iamNamespace, 405, "InvalidAction")
		equal(t, "Allow", got.header.Get("Allow"), "GET, POST")
	})
}

// spoilt is a request whose signature is bad, with its name in JSON and Query.
type spoilt struct {
	what, name, code string
	spoil            func(*signer, *http.Request)
	after            func(*http.Request)
}

func (e *env) spoilt(t *testing.T) []spoilt {
	admin, _ := e.admin(t)
	user := newPrincipal(t, admin.byName(), "ended", "")
	session := credentialsIn(user.do(t, "sts", "GetSessionToken", nil), "Credentials")
	admin.byName().do(t, "iam", "UpdateAccessKey", members{"UserName": "ended", "AccessKeyId": user.keys.AccessKeyID, "Status": "Inactive"})
	by := func(keys aws.Credentials) func(*signer, *http.Request) {
		return func(s *signer, r *http.Request) {
			s.keys = keys
			if keys.SessionToken != "" {
				r.Header.Set("X-Amz-Security-Token", keys.SessionToken)
				s.headers += ";x-amz-security-token"
			}
		}
	}
	wrong := aws.Credentials{AccessKeyID: e.keys.AccessKeyID, SecretAccessKey: "wrong"}
	unknown := aws.Credentials{AccessKeyID: "AKIAUNKNOWN", SecretAccessKey: "x"}
	foreign := aws.Credentials{AccessKeyID: e.keys.AccessKeyID, SecretAccessKey: e.keys.SecretAccessKey, SessionToken: session.SessionToken}
	return []spoilt{
		{"an unknown key", "UnrecognizedClientException", "InvalidClientTokenId", by(unknown), nil},
		{"a disabled key", "UnrecognizedClientException", "InvalidClientTokenId", by(user.keys), nil},
		{"a foreign token", "UnrecognizedClientException", "InvalidClientTokenId", by(foreign), nil},
		{"an ended session", "ExpiredTokenException", "ExpiredToken", by(session), nil},
		{"a wrong secret", "InvalidSignatureException", "SignatureDoesNotMatch", by(wrong), nil},
		{"an old date", "InvalidSignatureException", "SignatureDoesNotMatch", func(s *signer, _ *http.Request) { *s = s.at(time.Now().Add(-time.Hour)) }, nil},
		{"another service", "InvalidSignatureException", "SignatureDoesNotMatch", func(s *signer, _ *http.Request) { s.service = "s3" }, nil},
		{"no signature", "IncompleteSignatureException", "IncompleteSignature", nil, header("Authorization", "AWS4-HMAC-SHA256 Credential=x")},
		{"nothing", "MissingAuthenticationTokenException", "MissingAuthenticationToken", nil, func(r *http.Request) { r.Header.Del("Authorization") }},
	}
}

// Bad signatures are refused in the protocol of the service, by its names.
func TestIam_bad_signatures(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, tt := range e.spoilt(t) {
			t.Run(tt.what, func(t *testing.T) {
				e.spoil(t, tt, "chime", e.request(t, "GET", "/accounts", ""), "").refused(t, refusal{tt.name, "", 403})
				e.spoil(t, tt, "iam", e.form(t, listUsersForm), listUsersForm).refusedInXML(t, iamNamespace, 403, tt.code)
				namespace := stsNamespace
				if tt.what == "another service" || tt.after != nil {
					namespace = iamNamespace // what has no service is taken for IAM's
				}
				e.spoil(t, tt, "sts", e.form(t, identityForm), identityForm).refusedInXML(t, namespace, 403, tt.code)
				e.spoil(t, tt, "cloudtrail", e.target(t, "LookupEvents"), "{}").refusedInJSON(t, 403, tt.name)
			})
		}
	})
}

// spoil sends a request with a bad signature.
func (e *env) spoil(t *testing.T, tt spoilt, service string, r *http.Request, body string) answer {
	t.Helper()
	s := signerOf(e.caller)
	s.service = service
	if tt.spoil != nil {
		tt.spoil(&s, r)
	}
	s.sign(r, body)
	if tt.after != nil {
		tt.after(r)
	}
	return do(t, r)
}

// target makes an unsigned request for an operation of CloudTrail.
func (c *caller) target(t *testing.T, operation string) *http.Request {
	t.Helper()
	r := c.request(t, "POST", "/", "{}")
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."+operation)
	return r
}

func TestIam_unknown_targets(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for service, refusedBy := range map[string]func(answer){
			"cloudtrail": func(a answer) { a.refusedInJSON(t, 400, "UnknownOperationException", "DescribeTrails") },
			"iam":        func(a answer) { a.refusedInXML(t, iamNamespace, 400, "MissingAction") },
		} {
			r := e.target(t, "DescribeTrails")
			s := signerOf(e.caller)
			s.service = service
			s.sign(r, "{}")
			refusedBy(do(t, r))
		}
	})
}
