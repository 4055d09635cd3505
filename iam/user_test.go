package iam_test

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"carillon/api"
	"carillon/api/iam"
	"carillon/store"
)

// The life of a user, with all that stands in the way of its end.
func TestUser_life(t *testing.T) {
	w := newWorld(t)
	made := w.createIn(aws, "Alice", "/ops/")
	if made.Arn != "arn:aws:iam::"+aws+":user/ops/Alice" || !strings.HasPrefix(made.UserId, "AIDA") || len(made.UserId) != 20 || made.CreateDate.Time() != epoch {
		t.Errorf("made %+v", made)
	}
	got, err := w.getUser("alice")
	if err != nil || got.UserId != made.UserId || got.UserName != "Alice" {
		t.Errorf("got %+v, %v", got, err)
	}
	w.must(w.iam.UpdateUser(as(aws), &iam.UpdateUserInput{UserName: some("alice"), NewUserName: some("ALICE")}))
	w.must(w.iam.UpdateUser(as(aws), &iam.UpdateUserInput{UserName: some("alice"), NewUserName: some("bob"), NewPath: some("/")}))
	_, err = w.getUser("alice")
	w.refused("the old name", err, iam.NoSuchEntity, "The user with name alice cannot be found.")
	got, err = w.getUser("bob")
	if err != nil || got.Arn != "arn:aws:iam::"+aws+":user/bob" || got.UserId != made.UserId {
		t.Errorf("renamed to %+v, %v", got, err)
	}
	id := w.key("bob").AccessKeyId
	w.must(w.put("bob", "own", allowAll))
	w.must(w.attach("bob", builtIn("IAMFullAccess")))
	w.refused("attached policies", w.deleteUser("bob"), iam.DeleteConflict, "must detach all policies first")
	w.must(w.detach("bob", builtIn("IAMFullAccess")))
	w.refused("policies", w.deleteUser("bob"), iam.DeleteConflict, "must delete policies first")
	w.must(w.iam.DeleteUserPolicy(as(aws), &iam.DeleteUserPolicyInput{UserName: some("bob"), PolicyName: some("own")}))
	w.refused("keys", w.deleteUser("bob"), iam.DeleteConflict, "must delete access keys first")
	w.must(w.deleteKey("bob", id))
	w.must(w.deleteUser("bob"))
	w.refused("again", w.deleteUser("bob"), iam.NoSuchEntity, "The user with name bob cannot be found.")
	w.create("bob")
}

// Names are unique without regard to case, in each AWS account.
func TestUser_names(t *testing.T) {
	w := newWorld(t)
	w.create("Alice")
	w.create("bob")
	_, err := w.iam.CreateUser(as(aws), &iam.CreateUserInput{UserName: some("ALICE")})
	w.refused("create", err, iam.EntityAlreadyExists, "User with name ALICE already exists.")
	err = w.iam.UpdateUser(as(aws), &iam.UpdateUserInput{UserName: some("bob"), NewUserName: some("aLICE")})
	w.refused("rename", err, iam.EntityAlreadyExists, "User with name aLICE already exists.")
	w.createIn(other, "alice", "/")
}

// A user who asks for himself, and root, who is none.
func TestGetUser_self(t *testing.T) {
	w := newWorld(t)
	made := w.create("alice")
	alice := w.user("alice")
	out, err := w.iam.GetUser(alice, &iam.GetUserInput{})
	if err != nil || out.User.UserId != made.UserId {
		t.Errorf("got %+v, %v", out.User, err)
	}
	out, err = w.iam.GetUser(as(aws), &iam.GetUserInput{})
	if want := (iam.User{Arn: "arn:aws:iam::" + aws + ":root", UserId: aws}); err != nil || !reflect.DeepEqual(*out.User, want) {
		t.Errorf("root is %+v, %v", out.User, err)
	}
	// Her name belongs to another by now: she is not that one.
	w.must(w.iam.UpdateUser(as(aws), &iam.UpdateUserInput{UserName: some("alice"), NewUserName: some("former")}))
	w.create("alice")
	_, err = w.iam.GetUser(alice, &iam.GetUserInput{})
	w.refused("another's name", err, iam.NoSuchEntity)
}

func TestCreateUser_refused(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		in   iam.CreateUserInput
		kind api.Kind
		part string
	}{
		"tags":     {iam.CreateUserInput{UserName: some("a"), Tags: []iam.Tag{{Key: some("k"), Value: some("v")}}}, iam.InvalidInput, "Tags"},
		"boundary": {iam.CreateUserInput{UserName: some("a"), PermissionsBoundary: some(builtIn("IAMFullAccess"))}, iam.InvalidInput, "PermissionsBoundary"},
		"name":     {iam.CreateUserInput{UserName: some("a b")}, api.QueryCommon.Invalid, "UserName"},
		"path":     {iam.CreateUserInput{UserName: some("a"), Path: some("x")}, api.QueryCommon.Invalid, "Path"},
	} {
		_, err := w.iam.CreateUser(as(aws), &test.in)
		w.refused(name, err, test.kind, test.part)
	}
	_, err := w.getUser("a")
	w.refused("nobody was made", err, iam.NoSuchEntity)
}

func TestCreateUser_quota(t *testing.T) {
	w := newWorld(t)
	w.fill(4999, func(r store.Records, i int) error {
		return r.InsertIamUser(&store.IamUser{AwsAccountID: aws, UserID: fmt.Sprint("AIDA", i), UserName: fmt.Sprint("u", i), Path: "/"})
	})
	w.create("last")
	_, err := w.iam.CreateUser(as(aws), &iam.CreateUserInput{UserName: some("more")})
	w.refused("one more", err, iam.LimitExceeded, "Cannot exceed quota for UsersPerAccount: 5000")
	w.createIn(other, "more", "/")
}

// listUsers returns a page of names.
func (w *world) listUsers(account string, in iam.ListUsersInput) (names []string, marker api.Opt[string], err error) {
	w.Helper()
	out, err := w.iam.ListUsers(as(account), &in)
	if err == nil && out.IsTruncated != api.Some(out.Marker.Set) {
		w.Errorf("truncated: %v, marker: %v", out.IsTruncated, out.Marker)
	}
	for _, u := range out.Users {
		names = append(names, u.UserName)
	}
	return names, out.Marker, err
}

// Lists go on where the page before ended, without regard to case.
func TestListUsers(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"eve", "Bob", "alice", "dave", "Carol"} {
		w.createIn(aws, name, "/"+strings.ToLower(name[:1])+"/")
	}
	w.createIn(other, "mallory", "/")
	var all []string
	for marker := (api.Opt[string]{}); ; {
		names, next, err := w.listUsers(aws, iam.ListUsersInput{MaxItems: api.Some(2), Marker: marker})
		w.must(err)
		all = append(all, names...)
		if marker = next; !marker.Set {
			break
		}
	}
	if got := strings.Join(all, " "); got != "alice Bob Carol dave eve" {
		t.Errorf("pages have %s", got)
	}
	if names, _, err := w.listUsers(aws, iam.ListUsersInput{PathPrefix: some("/c")}); err != nil || fmt.Sprint(names) != "[Carol]" {
		t.Errorf("below a path: %v, %v", names, err)
	}
	if names, _, err := w.listUsers(other, iam.ListUsersInput{}); err != nil || fmt.Sprint(names) != "[mallory]" {
		t.Errorf("another AWS account: %v, %v", names, err)
	}
}

// Markers are good for the list that returned them, and for no other.
func TestListUsers_marker(t *testing.T) {
	w := newWorld(t)
	w.create("alice")
	w.create("bob")
	_, marker, err := w.listUsers(aws, iam.ListUsersInput{MaxItems: api.Some(1)})
	w.must(err)
	_, _, account := w.listUsers(other, iam.ListUsersInput{Marker: marker})
	_, _, path := w.listUsers(aws, iam.ListUsersInput{Marker: marker, PathPrefix: some("/a/")})
	_, _, malformed := w.listUsers(aws, iam.ListUsersInput{Marker: some("x" + marker.V)})
	_, list := w.iam.ListPolicies(as(aws), &iam.ListPoliciesInput{Marker: marker})
	for name, err := range map[string]error{"another AWS account": account, "another path": path, "malformed": malformed, "another list": list} {
		w.refused(name, err, api.QueryCommon.Invalid, "Marker")
	}
}

// What users here do not have is an empty list, and of nobody is refused.
func TestAbsent(t *testing.T) {
	w := newWorld(t)
	w.create("alice")
	for name, ask := range map[string]func(user api.Opt[string]) (int, error){
		"groups": func(u api.Opt[string]) (int, error) {
			out, err := w.iam.ListGroupsForUser(as(aws), &iam.ListGroupsForUserInput{UserName: u})
			return len(out.Groups), err
		},
		"devices": func(u api.Opt[string]) (int, error) {
			out, err := w.iam.ListMFADevices(as(aws), &iam.ListMFADevicesInput{UserName: u})
			return len(out.MFADevices), err
		},
		"certificates": func(u api.Opt[string]) (int, error) {
			out, err := w.iam.ListSigningCertificates(as(aws), &iam.ListSigningCertificatesInput{UserName: u})
			return len(out.Certificates), err
		},
		"SSH keys": func(u api.Opt[string]) (int, error) {
			out, err := w.iam.ListSSHPublicKeys(as(aws), &iam.ListSSHPublicKeysInput{UserName: u})
			return len(out.SSHPublicKeys), err
		},
		"passwords": func(u api.Opt[string]) (int, error) {
			out, err := w.iam.ListServiceSpecificCredentials(as(aws), &iam.ListServiceSpecificCredentialsInput{UserName: u})
			return len(out.ServiceSpecificCredentials), err
		},
		"tags": func(u api.Opt[string]) (int, error) {
			out, err := w.iam.ListUserTags(as(aws), &iam.ListUserTagsInput{UserName: u})
			return len(out.Tags), err
		},
	} {
		if n, err := ask(some("alice")); n != 0 || err != nil {
			t.Errorf("%s: %d, %v", name, n, err)
		}
		_, err := ask(some("bob"))
		w.refused(name, err, iam.NoSuchEntity, "The user with name bob cannot be found.")
	}
}

// Of those who make a user of one name at once, one does.
func TestCreateUser_atOnce(t *testing.T) {
	w := newWorld(t)
	var made, taken atomic.Int64
	together(8, func(i int) {
		_, err := w.iam.CreateUser(as(aws), &iam.CreateUserInput{UserName: some([]string{"alice", "ALICE"}[i%2])})
		switch {
		case err == nil:
			made.Add(1)
		case api.IsKind(err, iam.EntityAlreadyExists):
			taken.Add(1)
		default:
			t.Error(err)
		}
	})
	if made.Load() != 1 || taken.Load() != 7 {
		t.Errorf("%d made her, %d found her", made.Load(), taken.Load())
	}
}

// together runs fn n times at once.
func together(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}
