package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// office is an AWS account whose records a test looks at.
type office struct {
	*principal // its administrator
	admin      *caller
	account    string   // the AWS account
	id         string   // a Chime account
	hidden     []string // what must not be in any record
}

func (e *env) office(t *testing.T) *office {
	t.Helper()
	admin, account := e.admin(t)
	return &office{principal: admin.byName(), admin: admin, account: account, id: admin.enterprise(t), hidden: []string{admin.keys.SecretAccessKey}}
}

// Who changed Jane's licence?
func TestAudit_who_changed_a_licence(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o := e.office(t)
		jane := *o.admin.user(t, o.id, "jane@example.com").UserId
		out, err := o.admin.UpdateUser(t.Context(), &chime.UpdateUserInput{AccountId: &o.id, UserId: &jane, LicenseType: types.LicenseBasic})
		succeed(t, err)
		events := o.lookUp(t, by("ResourceName", jane))
		equal(t, "events", eventNames(events), []string{"UpdateUser", "CreateUser"})
		events[0].agrees(t)
		r := events[0].record(t)
		equal(t, "requestParameters", r.RequestParameters, members{"accountId": o.id, "userId": jane, "licenseType": "Basic"})
		equal(t, "new licence", text(r.ResponseElements, "user", "licenseType"), "Basic")
		equal(t, "who", r.UserIdentity, auditIdentity{
			Type: "IAMUser", PrincipalId: o.userID(t, "admin"), Arn: "arn:aws:iam::" + o.account + ":user/admin",
			AccountId: o.account, AccessKeyId: o.keys.AccessKeyID, UserName: "admin",
		})
		id, _ := middleware.GetRequestIDMetadata(out.ResultMetadata)
		equal(t, "requestID", r.RequestID, id)
		if !strings.Contains(r.UserAgent, "aws-sdk-go-v2/") {
			t.Errorf("userAgent is %q", r.UserAgent)
		}
		equal(t, "the rest", []string{r.EventSource, r.AwsRegion, r.SourceIPAddress, r.EventType, r.ApiVersion, r.RecipientAccountId, r.EventCategory, r.ErrorCode},
			[]string{"chime.amazonaws.com", region, "127.0.0.1", "AwsApiCall", "2018-05-01", o.account, "Management", ""})
		equal(t, "managementEvent", r.ManagementEvent, true)
		equal(t, "tlsDetails", r.TlsDetails, nil)
	})
}

func (p *principal) userID(t testing.TB, name string) string {
	t.Helper()
	return text(p.do(t, "iam", "GetUser", members{"UserName": name}), "User", "UserId")
}

// All that a batch touches can be looked up.
func TestAudit_batches(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o := e.office(t)
		users := o.admin.users(t, o.id, 3)
		o.do(t, "chime", "BatchSuspendUser", members{"AccountId": o.id, "UserIdList": append(users, unknownID)})
		for _, id := range append(users, o.id) {
			events := o.lookUp(t, by("ResourceName", id))
			equal(t, "last event", events[0].EventName, "BatchSuspendUser")
			equal(t, "resources", len(events[0].Resources), 5) // the account too
		}
		r := o.recorded(t, "EventName", "BatchSuspendUser").record(t)
		equal(t, "who was not there", text(r.ResponseElements, "userErrors", 0, "userId"), unknownID)
	})
}

// Changes of IAM say all but secrets.
func TestAudit_iam(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o := e.office(t)
		clerk := newPrincipal(t, o.principal, "Clerk", "AmazonChimeReadOnly")
		made := o.recorded(t, "EventName", "CreateAccessKey")
		made.agrees(t)
		key := made.record(t).ResponseElements["accessKey"].(members)
		equal(t, "accessKeyId", text(key, "accessKeyId"), clerk.keys.AccessKeyID)
		equal(t, "userName", text(key, "userName"), "Clerk")
		equal(t, "status", text(key, "status"), "Active")
		equal(t, "members of the key", len(key), 4) // and its date
		o.lacks(t, made.CloudTrailEvent, clerk.keys.SecretAccessKey)
		equal(t, "event of the key", o.lookUp(t, by("ResourceName", clerk.keys.AccessKeyID)), []auditEvent{made})

		attached := o.recorded(t, "ResourceName", managedPolicies+"AmazonChimeReadOnly")
		equal(t, "what had the policy", attached.EventName, "AttachUserPolicy")
		equal(t, "requestParameters", attached.record(t).RequestParameters, members{"userName": "Clerk", "policyArn": managedPolicies + "AmazonChimeReadOnly"})
		equal(t, "events of the user", eventNames(o.lookUp(t, by("ResourceName", "Clerk"))), []string{"CreateAccessKey", "AttachUserPolicy", "CreateUser"})
		o.refused(t, "EntityAlreadyExists", "", "iam", "CreateUser", members{"UserName": "clerk"})
		r := o.recorded(t, "ResourceName", "clerk").record(t)
		equal(t, "errorCode", r.ErrorCode, "EntityAlreadyExists")
		equal(t, "responseElements", r.ResponseElements, nil)
	})
}

func (o *office) lacks(t testing.TB, record string, secrets ...string) {
	t.Helper()
	for _, secret := range append(secrets, o.hidden...) {
		if secret == "" || strings.Contains(record, secret) {
			t.Errorf("%q is in %s", secret, record)
		}
	}
}

// A session is a change, and what it does names it.
func TestAudit_sessions(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o := e.office(t)
		session := credentialsIn(o.do(t, "sts", "GetSessionToken", nil), "Credentials")
		begun := o.recorded(t, "EventSource", "sts.amazonaws.com")
		equal(t, "event", begun.EventName+" "+begun.ReadOnly, "GetSessionToken false")
		o.lacks(t, begun.CloudTrailEvent, session.SessionToken, session.SecretAccessKey)
		o.as(session).do(t, "chime", "CreateAccount", members{"Name": "By a session"})
		r := o.recorded(t, "AccessKeyId", session.AccessKeyID).record(t)
		if c := r.UserIdentity.SessionContext; c == nil || c.Attributes.MfaAuthenticated != "false" || c.Attributes.CreationDate != begun.record(t).EventTime {
			t.Errorf("sessionContext is %+v, begun at %s", c, begun.record(t).EventTime)
		}
		r.UserIdentity.SessionContext = nil
		own := o.lookUp(t, by("EventName", "GetSessionToken"))[0].record(t).UserIdentity
		own.AccessKeyId = session.AccessKeyID
		equal(t, "who", r.UserIdentity, own)
	})
}

func TestAudit_root(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		event := e.byName().recorded(t, "ResourceName", id)
		event.agrees(t)
		equal(t, "Username", event.Username, "root")
		account := *e.getAccount(t, id).AwsAccountId
		equal(t, "who", event.record(t).UserIdentity, auditIdentity{
			Type: "Root", PrincipalId: account, Arn: "arn:aws:iam::" + account + ":root", AccountId: account, AccessKeyId: e.keys.AccessKeyID,
		})
	})
}

// Denials are recorded within moments, without what nobody looked at.
func TestAudit_denials(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o := e.office(t)
		clerk := newPrincipal(t, o.principal, "Clerk", "")
		arn := "arn:aws:iam::" + o.account + ":user/Clerk"
		for _, test := range []struct{ service, operation, resource, name, code string }{
			{"chime", "DeleteAccount", "*", "Forbidden", "ForbiddenException"},
			{"chime", "GetAccount", "*", "Forbidden", "ForbiddenException"},
			{"iam", "DeleteUser", "arn:aws:iam::" + o.account + ":user/admin", "AccessDenied", "AccessDenied"},
			{"cloudtrail", "LookupEvents", "*", "AccessDenied", "AccessDeniedException"},
		} {
			in := members{}
			switch test.service {
			case "chime":
				in["AccountId"] = o.id
			case "iam":
				in["UserName"] = "admin"
			}
			said := denialText(arn, test.service+":"+test.operation, test.resource, implicitDeny)
			clerk.refused(t, test.name, said, test.service, test.operation, in)
			event := o.recorded(t, "EventName", test.operation)
			event.agrees(t)
			r := event.record(t)
			equal(t, "denial", []string{event.Username, r.ErrorCode, r.ErrorMessage}, []string{"Clerk", test.code, said})
			equal(t, "what was asked and answered", []members{r.RequestParameters, r.ResponseElements}, []members{nil, nil})
		}
	})
}

// So are signatures that are not those of the key that they name.
func TestAudit_bad_signatures(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o := e.office(t)
		thief := o.as(aws.Credentials{AccessKeyID: o.keys.AccessKeyID, SecretAccessKey: "guessed"})
		for _, test := range []struct {
			service, operation, name, code string
			in                             members
		}{
			{"chime", "DeleteAccount", "InvalidSignature", "InvalidSignatureException", members{"AccountId": o.id}},
			{"iam", "DeleteUser", "SignatureDoesNotMatch", "SignatureDoesNotMatch", members{"UserName": "admin"}},
			{"cloudtrail", "LookupEvents", "InvalidSignature", "InvalidSignatureException", nil},
		} {
			thief.refused(t, test.name, "", test.service, test.operation, test.in)
			event := o.recorded(t, "EventName", test.operation)
			event.agrees(t)
			r := event.record(t)
			equal(t, "record", []string{event.Username, event.EventSource, r.ErrorCode}, []string{"admin", test.service + ".amazonaws.com", test.code})
			equal(t, "what was asked", r.RequestParameters, nil)
		}
		stranger := o.as(aws.Credentials{AccessKeyID: "AKIAUNKNOWN", SecretAccessKey: "guessed"})
		stranger.refused(t, "UnrecognizedClient", "", "chime", "DeleteAccount", members{"AccountId": o.id})
		equal(t, "records of unknown keys", len(o.lookUp(t, by("AccessKeyId", "AKIAUNKNOWN"))), 0)
	})
}

// A change that is refused has a record with its error, bad shapes have none, and
// the region is the one that was signed for.
func TestAudit_refusals(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o := e.office(t)
		o.admin.user(t, o.id, "jane@example.com")
		_, err := o.admin.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &o.id, Email: aws.String("JANE@example.com")})
		refused(t, err, conflict)
		event := o.recordedAll(t, 2, "EventName", "CreateUser")[0]
		event.agrees(t)
		r := event.record(t)
		equal(t, "errorCode", r.ErrorCode, "ConflictException")
		if r.ErrorMessage == "" || r.ResponseElements != nil || text(r.RequestParameters, "email") != hiddenMember {
			t.Errorf("record %s", event.CloudTrailEvent)
		}
		before := o.lookUp(t, nil)
		o.admin.send(t, "POST", "/accounts", `{"Name":7}`).refused(t, badRequest)
		o.admin.send(t, "POST", "/accounts", `{"Name":"`+ofLength(300, "x")+`"}`).refused(t, badRequest)
		o.admin.send(t, "GET", "/accounts/"+unknownID, "").refused(t, notFound)
		o.signedFor(t, "eu-central-1", "POST", "/accounts", `{"Name":"Far away"}`).ok(t, 201)
		o.signedFor(t, "", "POST", "/accounts", `{"Name":"Nowhere"}`).ok(t, 201)
		after := o.lookUp(t, nil)
		equal(t, "records since", len(after)-len(before), 2)
		equal(t, "regions", []string{after[1].record(t).AwsRegion, after[0].record(t).AwsRegion}, []string{"eu-central-1", region})
	})
}

// hiddenMember stands for what no record shows.
const hiddenMember = "HIDDEN_DUE_TO_SECURITY_REASONS"

// signedFor sends a request that is signed for a region.
func (o *office) signedFor(t testing.TB, region, method, target, body string) answer {
	t.Helper()
	r := o.admin.request(t, method, target, body)
	s := signerOf(o.admin)
	s.region = region
	s.sign(r, body)
	return do(t, r)
}

// No record has PINs, addresses, numbers, names of users or secrets.
func TestAudit_hides(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		o := e.office(t)
		const address, name = "jane.unseen@example.com", "Jane Unseen"
		user := o.admin.create(t, &chime.CreateUserInput{AccountId: &o.id, Email: aws.String(address), Username: aws.String(name)})
		o.hidden = append(o.hidden, address, name)
		for range 2 {
			out, err := o.admin.ResetPersonalPIN(t.Context(), &chime.ResetPersonalPINInput{AccountId: &o.id, UserId: user.UserId})
			succeed(t, err)
			o.hidden = append(o.hidden, *out.User.PersonalPIN)
		}
		number := o.admin.own(t, businessCalling, 1)[0]
		succeed(t, o.admin.assign(t, o.id, user.UserId, number))
		team := o.admin.team(t)
		_, err := o.admin.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: &team, UserEmailList: []string{"guest.unseen@example.com"}})
		succeed(t, err)
		bot := o.admin.bot(t, o.id, "Helper")
		hook := o.admin.webhook(t, o.id, o.admin.room(t, o.id, "Kitchen").RoomId, "Hook")
		post(t, hook.Url, contentBody("A message unseen"))
		key := credentialsIn(o.do(t, "iam", "CreateAccessKey", nil), "AccessKey")
		session := credentialsIn(o.do(t, "sts", "GetSessionToken", nil), "Credentials")
		o.hidden = append(o.hidden, number, number[1:], "unseen", *bot.SecurityToken, hook.WebhookId, hook.Url[strings.LastIndex(hook.Url, "=")+1:],
			key.SecretAccessKey, session.SecretAccessKey, session.SessionToken)
		found := o.lookUp(t, by("ResourceType", "AWS::Chime::PhoneNumber"))
		equal(t, "events of numbers", eventNames(found), []string{"AssociatePhoneNumberWithUser", "CompletePhoneNumberOrder", "CreatePhoneNumberOrder"})
		o.refusedUnseen(t, address, number)
		var names []string
		for _, line := range o.admin.exported(t) {
			o.lacks(t, line)
			names = append(names, readRecord(t, line).EventName)
		}
		equal(t, "last record", names[len(names)-1], "InviteUsers")
		equal(t, "records", len(names), len(o.lookUp(t, nil)))
	})
}

// refusedUnseen has changes refused whose errors may tell what they were about.
func (o *office) refusedUnseen(t testing.TB, address, number string) {
	t.Helper()
	const unknown = "+12065550199"
	o.hidden = append(o.hidden, unknown[1:])
	users := "/accounts/" + o.id + "/users"
	other := *o.admin.user(t, o.id, "other.unseen@example.com").UserId
	for _, call := range []operation{
		{"CreateUser", "POST", users + "?operation=create", `{"Email":"` + address + `"}`, 409},
		{"AssociatePhoneNumberWithUser", "POST", users + "/" + other + "?operation=associate-phone-number", `{"E164PhoneNumber":"` + unknown + `"}`, 404},
		{"AssociatePhoneNumberWithUser", "POST", users + "/" + other + "?operation=associate-phone-number", `{"E164PhoneNumber":"` + number + `"}`, 400},
		{"UpdatePhoneNumber", "POST", "/phone-numbers/" + numberID(unknown), `{"ProductType":"BusinessCalling"}`, 404},
		{"BatchDeletePhoneNumber", "POST", "/phone-numbers?operation=batch-delete", `{"PhoneNumberIds":["` + unknown + `"]}`, 200},
		{"RestorePhoneNumber", "POST", "/phone-numbers/" + numberID(number) + "?operation=restore", "", 400},
		{"InviteUsers", "POST", users + "?operation=add", `{"UserEmailList":["` + address + `"]}`, 400},
	} {
		equal(t, "status of "+call.name, o.admin.send(t, call.method, call.target, call.body).status, call.status)
	}
}

// exported returns the lines of an export.
func (c *caller) exported(t testing.TB, args ...string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	c.tryCarillon(t, append([]string{"audit", "export", file}, args...)...).succeeded(t)
	return linesOf(t, file)
}

func linesOf(t testing.TB, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	succeed(t, err)
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// fromAddress sends a change that comes through a proxy.
func (c *caller) fromAddress(t testing.TB, client *http.Client, forwarded string) {
	t.Helper()
	const body = `{"Name":"From afar"}`
	r := c.request(t, "POST", "/accounts", body)
	if forwarded != "" {
		r.Header.Set("X-Forwarded-For", forwarded)
	}
	signerOf(c).sign(r, body)
	res, err := client.Do(r)
	succeed(t, err)
	res.Body.Close()
	equal(t, "status", res.StatusCode, http.StatusCreated)
}
