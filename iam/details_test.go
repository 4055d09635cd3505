package iam_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
)

// everything returns all pages of the details as "user alice" and "policy p", and
// how many pages there are.
func (w *world) everything(size int, filter ...iam.EntityType) (list []string, pages int) {
	w.Helper()
	in := &iam.GetAccountAuthorizationDetailsInput{Filter: filter, MaxItems: api.Some(size)}
	for {
		out, err := w.iam.GetAccountAuthorizationDetails(as(aws), in)
		w.must(err)
		pages++
		for _, u := range out.UserDetailList {
			list = append(list, "user "+u.UserName.V)
		}
		for _, p := range out.Policies {
			list = append(list, "policy "+p.PolicyName.V)
		}
		if in.Marker = out.Marker; !in.Marker.Set {
			return list, pages
		}
	}
}

func TestGetAccountAuthorizationDetails(t *testing.T) {
	w := newWorld(t)
	w.createIn(other, "mallory", "/")
	for _, name := range []string{"Bob", "alice"} {
		w.create(name)
	}
	own := w.policy("own", allowReads)
	w.policy("other", allowAll)
	w.addVersion(own, true, "v2")
	w.must(w.put("alice", "inline", allowSelf))
	w.must(w.attach("alice", own))
	w.must(w.attach("alice", builtIn("IAMFullAccess")))
	var managed []string
	for _, p := range access.Managed() {
		managed = append(managed, "policy "+p.Name)
	}
	for name, test := range map[string]struct {
		filter []iam.EntityType
		want   []string
	}{
		"all":          {nil, append([]string{"user alice", "user Bob", "policy other", "policy own"}, managed...)},
		"users":        {[]iam.EntityType{iam.EntityTypeUser}, []string{"user alice", "user Bob"}},
		"own policies": {[]iam.EntityType{iam.EntityTypeLocalManagedPolicy}, []string{"policy other", "policy own"}},
		"two kinds":    {[]iam.EntityType{iam.EntityTypeAWSManagedPolicy, iam.EntityTypeUser}, append([]string{"user alice", "user Bob"}, managed...)},
		"roles":        {[]iam.EntityType{iam.EntityTypeRole, iam.EntityTypeGroup}, nil},
	} {
		for _, size := range []int{1, 3, 1000} {
			if got, _ := w.everything(size, test.filter...); fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("%s by %d: %v, want %v", name, size, got, test.want)
			}
		}
	}
	w.detailsOfAlice()
}

// detailsOfAlice checks what is told of one user and of one policy.
func (w *world) detailsOfAlice() {
	w.Helper()
	out, err := w.iam.GetAccountAuthorizationDetails(as(aws), &iam.GetAccountAuthorizationDetailsInput{})
	w.must(err)
	alice := out.UserDetailList[0]
	inline, _ := url.PathUnescape(alice.UserPolicyList[0].PolicyDocument.V)
	if alice.UserPolicyList[0].PolicyName.V != "inline" || inline != allowSelf || len(alice.AttachedManagedPolicies) != 2 || alice.GroupList == nil {
		w.Errorf("she is %+v", alice)
	}
	for _, p := range out.Policies {
		if p.PolicyName.V != "own" {
			continue
		}
		text, _ := url.PathUnescape(p.PolicyVersionList[1].Document.V)
		if len(p.PolicyVersionList) != 2 || p.DefaultVersionId.V != "v2" || p.AttachmentCount.V != 1 || text != allowReads {
			w.Errorf("the policy is %+v", p)
		}
	}
}

// Long documents end a page early: white space does not count against quotas.
func TestGetAccountAuthorizationDetails_bytes(t *testing.T) {
	w := newWorld(t)
	long := allowAll + strings.Repeat(" ", 130_000)
	for i := range 20 {
		w.policy(fmt.Sprintf("p%02d", i), long)
	}
	list, pages := w.everything(1000, iam.EntityTypeLocalManagedPolicy)
	if len(list) != 20 || pages != 3 {
		t.Errorf("%d policies on %d pages", len(list), pages)
	}
}
