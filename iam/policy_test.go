package iam_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/store"
)

// sized is a document of n characters, white space aside.
func sized(n int) string {
	const head, tail = `{"Version": "2012-10-17", "Statement": [{"Sid": "`, `", "Effect": "Allow", "Action": "*", "Resource": "*"}]}`
	have := len(strings.ReplaceAll(head+tail, " ", ""))
	return head + strings.Repeat("x", n-have) + tail
}

func TestUserPolicy(t *testing.T) {
	w := newWorld(t)
	w.create("alice")
	document := "{ \"Version\":\"2012-10-17\",\n\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"chime:*\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:UserAgent\":\"a+b~é/ü\"}}}]}"
	w.must(w.put("alice", "own", document))
	out, err := w.iam.GetUserPolicy(as(aws), &iam.GetUserPolicyInput{UserName: some("ALICE"), PolicyName: some("own")})
	w.must(err)
	got, err := url.PathUnescape(out.PolicyDocument)
	if err != nil || got != document || strings.ContainsAny(out.PolicyDocument, "+ \n\"{}[]:*,/é") || !strings.Contains(out.PolicyDocument, "%20%22Version") {
		t.Errorf("got %s, %v", out.PolicyDocument, err)
	}
	w.must(w.put("alice", "more", sized(2048-len(strings.Join(strings.Fields(document), ""))+2)))
	w.refused("too much together", w.put("alice", "third", sized(200)), iam.LimitExceeded, "Maximum policy size of 2048 bytes exceeded for user alice")
	w.must(w.put("alice", "more", sized(200)))
	w.must(w.put("alice", "third", sized(200)))
	w.refused("malformed", w.put("alice", "bad", `{"Version":"2012-10-17"}`), iam.MalformedPolicyDocument)
	w.refused("an older language", w.put("alice", "bad", strings.Replace(allowAll, "2012-10-17", "2008-10-17", 1)), iam.MalformedPolicyDocument)
	w.refused("nobody", w.put("bob", "own", allowAll), iam.NoSuchEntity, "The user with name bob cannot be found.")
	page, err := w.iam.ListUserPolicies(as(aws), &iam.ListUserPoliciesInput{UserName: some("alice"), MaxItems: api.Some(2)})
	w.must(err)
	rest, err := w.iam.ListUserPolicies(as(aws), &iam.ListUserPoliciesInput{UserName: some("alice"), Marker: page.Marker})
	if fmt.Sprint(page.PolicyNames, rest.PolicyNames) != "[more own] [third]" || err != nil {
		t.Errorf("listed %v, then %v, %v", page.PolicyNames, rest.PolicyNames, err)
	}
	remove := func() error {
		return w.iam.DeleteUserPolicy(as(aws), &iam.DeleteUserPolicyInput{UserName: some("alice"), PolicyName: some("own")})
	}
	w.must(remove())
	w.refused("again", remove(), iam.NoSuchEntity, "The user policy with name own cannot be found.")
	_, err = w.iam.GetUserPolicy(as(aws), &iam.GetUserPolicyInput{UserName: some("alice"), PolicyName: some("own")})
	w.refused("deleted", err, iam.NoSuchEntity, "own")
}

// The size counts characters, and is exact.
func TestUserPolicy_size(t *testing.T) {
	w := newWorld(t)
	w.create("alice")
	w.must(w.put("alice", "own", sized(2048)))
	w.refused("one more", w.put("alice", "own", sized(2049)), iam.LimitExceeded)
	w.policy("p", sized(6144))
	_, err := w.iam.CreatePolicy(as(aws), &iam.CreatePolicyInput{PolicyName: some("q"), PolicyDocument: some(sized(6145))})
	w.refused("a managed one", err, iam.LimitExceeded, "Cannot exceed quota for PolicySize: 6144")
}

// The life of a policy with its versions.
func TestPolicy_life(t *testing.T) {
	w := newWorld(t)
	out, err := w.iam.CreatePolicy(as(aws), &iam.CreatePolicyInput{
		PolicyName: some("Readers"), Path: some("/x/y/"), Description: some("those who read"), PolicyDocument: some(allowAll),
	})
	w.must(err)
	arn := out.Policy.Arn.V
	if arn != "arn:aws:iam::"+aws+":policy/x/y/Readers" || out.Policy.DefaultVersionId.V != "v1" || !strings.HasPrefix(out.Policy.PolicyId.V, "ANPA") {
		t.Errorf("made %+v", out.Policy)
	}
	_, err = w.iam.CreatePolicy(as(aws), &iam.CreatePolicyInput{PolicyName: some("READERS"), PolicyDocument: some(allowAll)})
	w.refused("the same name", err, iam.EntityAlreadyExists, "A policy called READERS already exists. Duplicate names are not allowed.")
	for i := 2; i <= 5; i++ {
		w.addVersion(arn, i == 3, fmt.Sprint("v", i))
	}
	_, err = w.iam.CreatePolicyVersion(as(aws), &iam.CreatePolicyVersionInput{PolicyArn: some(arn), PolicyDocument: some(denyAll)})
	w.refused("a sixth version", err, iam.LimitExceeded, "can have up to 5 versions")
	w.refused("the default", w.deleteVersion(arn, "v3"), iam.DeleteConflict, "Cannot delete the default version of a policy.")
	w.must(w.deleteVersion(arn, "v5"))
	w.refused("gone", w.deleteVersion(arn, "v5"), iam.NoSuchEntity, "v5")
	w.addVersion(arn, false, "v6") // not v5 again
	if got := w.versions(arn); got != "v6 v4 v3* v2 v1" {
		t.Errorf("versions %s", got)
	}
	w.must(w.iam.SetDefaultPolicyVersion(as(aws), &iam.SetDefaultPolicyVersionInput{PolicyArn: some(arn), VersionId: some("v1")}))
	w.refused("no version", w.iam.SetDefaultPolicyVersion(as(aws), &iam.SetDefaultPolicyVersionInput{PolicyArn: some(arn), VersionId: some("v99999999999999999999")}), iam.NoSuchEntity)
	v, err := w.iam.GetPolicyVersion(as(aws), &iam.GetPolicyVersionInput{PolicyArn: some(arn), VersionId: some("v1")})
	if text, _ := url.PathUnescape(v.PolicyVersion.Document.V); err != nil || text != allowAll || !v.PolicyVersion.IsDefaultVersion.V {
		t.Errorf("got %+v, %v", v.PolicyVersion, err)
	}
	w.policyEnds(arn)
}

// policyEnds takes a policy with versions 1 (which counts), 2, 3, 4 and 6 to its end.
func (w *world) policyEnds(arn string) {
	w.Helper()
	w.create("alice")
	w.must(w.attach("alice", arn))
	w.must(w.attach("alice", arn)) // it stays
	remove := func() error { return w.iam.DeletePolicy(as(aws), &iam.DeletePolicyInput{PolicyArn: some(arn)}) }
	w.refused("somebody has it", remove(), iam.DeleteConflict, "Cannot delete a policy attached to entities.")
	w.must(w.detach("alice", arn))
	w.refused("detached", w.detach("alice", arn), iam.NoSuchEntity, "Policy "+arn+" was not found.")
	w.refused("versions", remove(), iam.DeleteConflict, "more than one version")
	for _, id := range []string{"v2", "v3", "v4", "v6"} {
		w.must(w.deleteVersion(arn, id))
	}
	w.must(remove())
	w.refused("again", remove(), iam.NoSuchEntity, "Policy "+arn+" was not found.")
	w.refused("attach", w.attach("alice", arn), iam.NoSuchEntity, "does not exist or is not attachable")
}

func (w *world) addVersion(arn string, isDefault bool, want string) {
	w.Helper()
	out, err := w.iam.CreatePolicyVersion(as(aws), &iam.CreatePolicyVersionInput{PolicyArn: some(arn), PolicyDocument: some(denyAll), SetAsDefault: api.Some(isDefault)})
	w.must(err)
	if got := out.PolicyVersion; got.VersionId.V != want || got.IsDefaultVersion.V != isDefault {
		w.Errorf("made %+v, want %s", got, want)
	}
}

func (w *world) deleteVersion(arn, id string) error {
	return w.iam.DeletePolicyVersion(as(aws), &iam.DeletePolicyVersionInput{PolicyArn: some(arn), VersionId: some(id)})
}

// versions lists the versions of a policy on small pages, with a star at the default.
func (w *world) versions(arn string) string {
	w.Helper()
	var list []string
	for marker := (api.Opt[string]{}); ; {
		out, err := w.iam.ListPolicyVersions(as(aws), &iam.ListPolicyVersionsInput{PolicyArn: some(arn), MaxItems: api.Some(2), Marker: marker})
		w.must(err)
		for _, v := range out.Versions {
			star := ""
			if v.IsDefaultVersion.V {
				star = "*"
			}
			list = append(list, v.VersionId.V+star)
		}
		if marker = out.Marker; !marker.Set {
			return strings.Join(list, " ")
		}
	}
}

// Policies that are built in are there in every AWS account and cannot be changed.
func TestPolicy_builtIn(t *testing.T) {
	w := newWorld(t)
	arn := builtIn("AmazonChimeReadOnly")
	w.create("alice")
	w.must(w.attach("alice", arn))
	out, err := w.iam.GetPolicy(as(aws), &iam.GetPolicyInput{PolicyArn: some(arn)})
	w.must(err)
	if p := out.Policy; p.DefaultVersionId.V != "v10" || p.AttachmentCount.V != 1 || p.Path.V != "/" || len(p.PolicyId.V) != 20 {
		t.Errorf("got %+v", p)
	}
	v, err := w.iam.GetPolicyVersion(as(other), &iam.GetPolicyVersionInput{PolicyArn: some(arn), VersionId: some("v10")})
	if text, _ := url.PathUnescape(v.PolicyVersion.Document.V); err != nil || !strings.Contains(text, "chime:List*") {
		t.Errorf("its document is %q, %v", text, err)
	}
	if got := w.versions(arn); got != "v10*" {
		t.Errorf("its versions are %s", got)
	}
	_, err = w.iam.GetPolicyVersion(as(aws), &iam.GetPolicyVersionInput{PolicyArn: some(arn), VersionId: some("v1")})
	w.refused("another version", err, iam.NoSuchEntity, "v1")
	_, create := w.iam.CreatePolicyVersion(as(aws), &iam.CreatePolicyVersionInput{PolicyArn: some(arn), PolicyDocument: some(allowAll)})
	for name, err := range map[string]error{
		"delete": w.iam.DeletePolicy(as(aws), &iam.DeletePolicyInput{PolicyArn: some(arn)}), "version": create,
		"default": w.iam.SetDefaultPolicyVersion(as(aws), &iam.SetDefaultPolicyVersionInput{PolicyArn: some(arn), VersionId: some("v10")}),
		"remove":  w.deleteVersion(arn, "v10"),
	} {
		w.refused(name, err, api.QueryCommon.Denied, "outside your own account")
	}
}

// What is another AWS account's is as if it were not there, and an ARN is exact.
func TestPolicy_foreign(t *testing.T) {
	w := newWorld(t)
	arn := w.policy("Readers", allowAll)
	w.createIn(other, "bob", "/")
	get := func(account, arn string) error {
		_, err := w.iam.GetPolicy(as(account), &iam.GetPolicyInput{PolicyArn: some(arn)})
		return err
	}
	for name, err := range map[string]error{
		"get":          get(other, arn),
		"other case":   get(aws, strings.Replace(arn, "Readers", "readers", 1)),
		"other path":   get(aws, strings.Replace(arn, "policy/", "policy/x/", 1)),
		"no such AWS":  get(aws, builtIn("PowerUserAccess")),
		"delete":       w.iam.DeletePolicy(as(other), &iam.DeletePolicyInput{PolicyArn: some(arn)}),
		"attach":       w.iam.AttachUserPolicy(as(other), &iam.AttachUserPolicyInput{UserName: some("bob"), PolicyArn: some(arn)}),
		"foreign user": w.attach("bob", arn),
	} {
		w.refused(name, err, iam.NoSuchEntity)
	}
	for _, odd := range []string{"arn:aws:iam::1:policy/Readers", "arn:aws:s3:::a-bucket-of-mine", "Readers-Readers-Readers", "arn:aws:iam::" + aws + ":policy/x/"} {
		w.refused(odd, get(aws, odd), iam.InvalidInput, "is not valid")
	}
}

func TestListPolicies(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"zeta", "Beta", "alpha"} {
		w.policy(name, allowAll)
	}
	_, err := w.iam.CreatePolicy(as(aws), &iam.CreatePolicyInput{PolicyName: some("deep"), Path: some("/x/"), PolicyDocument: some(allowAll)})
	w.must(err)
	w.create("alice")
	w.must(w.attach("alice", "arn:aws:iam::"+aws+":policy/Beta"))
	w.must(w.attach("alice", builtIn("IAMReadOnlyAccess")))
	var managed []string
	for _, p := range access.Managed() {
		managed = append(managed, p.Name)
	}
	for name, test := range map[string]struct {
		in   iam.ListPoliciesInput
		want string
	}{
		"all":      {iam.ListPoliciesInput{}, strings.Join(managed, " ") + " alpha Beta deep zeta"},
		"AWS":      {iam.ListPoliciesInput{Scope: api.Some(iam.PolicyScopeTypeAWS)}, strings.Join(managed, " ")},
		"local":    {iam.ListPoliciesInput{Scope: api.Some(iam.PolicyScopeTypeLocal)}, "alpha Beta deep zeta"},
		"attached": {iam.ListPoliciesInput{OnlyAttached: api.Some(true)}, "IAMReadOnlyAccess Beta"},
		"path":     {iam.ListPoliciesInput{PathPrefix: some("/x/")}, "deep"},
		"boundary": {iam.ListPoliciesInput{PolicyUsageFilter: api.Some(iam.PolicyUsageTypePermissionsBoundary)}, ""},
	} {
		for _, size := range []int{1, 3, 100} {
			if got := w.listPolicies(test.in, size); got != test.want {
				t.Errorf("%s by %d: %s, want %s", name, size, got, test.want)
			}
		}
	}
}

// listPolicies returns the names on all pages.
func (w *world) listPolicies(in iam.ListPoliciesInput, size int) string {
	w.Helper()
	var names []string
	in.MaxItems = api.Some(size)
	for {
		out, err := w.iam.ListPolicies(as(aws), &in)
		w.must(err)
		for _, p := range out.Policies {
			names = append(names, p.PolicyName.V)
		}
		if in.Marker = out.Marker; !in.Marker.Set {
			return strings.Join(names, " ")
		}
	}
}

// Ten policies of a user, in pages.
func TestAttachment(t *testing.T) {
	w := newWorld(t)
	w.createIn(aws, "alice", "/ops/")
	w.create("bob")
	for i := range 9 {
		w.must(w.attach("alice", w.policy(fmt.Sprint("p", i), allowAll)))
	}
	same := w.policy("IAMFullAccess", allowAll)
	w.must(w.attach("bob", same))
	w.must(w.attach("bob", builtIn("IAMFullAccess")))
	w.must(w.attach("alice", builtIn("IAMFullAccess")))
	w.refused("an eleventh", w.attach("alice", same), iam.LimitExceeded, "Cannot exceed quota for PoliciesPerUser: 10")
	var got []string
	for marker := (api.Opt[string]{}); ; {
		out, err := w.iam.ListAttachedUserPolicies(as(aws), &iam.ListAttachedUserPoliciesInput{UserName: some("alice"), MaxItems: api.Some(4), Marker: marker})
		w.must(err)
		for _, p := range out.AttachedPolicies {
			got = append(got, p.PolicyName.V)
		}
		if marker = out.Marker; !marker.Set {
			break
		}
	}
	if want := "IAMFullAccess p0 p1 p2 p3 p4 p5 p6 p7 p8"; strings.Join(got, " ") != want {
		t.Errorf("listed %v", got)
	}
	both, err := w.iam.ListAttachedUserPolicies(as(aws), &iam.ListAttachedUserPoliciesInput{UserName: some("bob")})
	if err != nil || len(both.AttachedPolicies) != 2 || both.AttachedPolicies[0].PolicyArn.V != builtIn("IAMFullAccess") {
		t.Errorf("of one name: %+v, %v", both.AttachedPolicies, err)
	}
}

// Who has a policy.
func TestListEntitiesForPolicy(t *testing.T) {
	w := newWorld(t)
	w.createIn(aws, "alice", "/ops/")
	w.create("bob")
	w.must(w.attach("alice", builtIn("IAMFullAccess")))
	w.must(w.attach("bob", builtIn("IAMFullAccess")))
	for _, test := range []struct {
		in   iam.ListEntitiesForPolicyInput
		want int
	}{
		{iam.ListEntitiesForPolicyInput{}, 2},
		{iam.ListEntitiesForPolicyInput{PathPrefix: some("/ops/")}, 1},
		{iam.ListEntitiesForPolicyInput{EntityFilter: api.Some(iam.EntityTypeUser)}, 2},
		{iam.ListEntitiesForPolicyInput{EntityFilter: api.Some(iam.EntityTypeRole)}, 0},
		{iam.ListEntitiesForPolicyInput{PolicyUsageFilter: api.Some(iam.PolicyUsageTypePermissionsBoundary)}, 0},
	} {
		test.in.PolicyArn = some(builtIn("IAMFullAccess"))
		if out, err := w.iam.ListEntitiesForPolicy(as(aws), &test.in); err != nil || len(out.PolicyUsers) != test.want {
			t.Errorf("%+v: %+v, %v", test.in, out, err)
		}
	}
}

func TestCreatePolicy_quota(t *testing.T) {
	w := newWorld(t)
	w.fill(1499, func(r store.Records, i int) error {
		return r.InsertIamPolicy(&store.IamPolicy{AwsAccountID: aws, PolicyID: fmt.Sprint("ANPA", i), PolicyName: fmt.Sprint("p", i), Path: "/"})
	})
	w.policy("last", allowAll)
	_, err := w.iam.CreatePolicy(as(aws), &iam.CreatePolicyInput{PolicyName: some("more"), PolicyDocument: some(allowAll)})
	w.refused("one more", err, iam.LimitExceeded, "Cannot exceed quota for PoliciesPerAccount: 1500")
	_, err = w.iam.CreatePolicy(as(aws), &iam.CreatePolicyInput{PolicyName: some("t"), PolicyDocument: some(allowAll), Tags: []iam.Tag{{Key: some("k"), Value: some("v")}}})
	w.refused("tags", err, iam.InvalidInput, "Tags")
}
