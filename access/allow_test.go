package access_test

import (
	"strings"
	"testing"

	"carillon/access"
	"carillon/api"
)

func TestAllow(t *testing.T) {
	rootCaller := &api.Caller{AwsAccountID: aws, ARN: "arn:aws:iam::111122223333:root", Root: true}
	alice := &api.Caller{AwsAccountID: aws, ARN: "arn:aws:iam::111122223333:user/alice"}
	for i := range api.Ops {
		op := &api.Ops[i]
		if err := access.Allow(rootCaller, op); err != nil {
			t.Errorf("root, %s: %v", op.Name, err)
		}
		err := access.Allow(alice, op)
		if op.Audience != api.RootOnly {
			if err != nil {
				t.Errorf("alice, %s: %v", op.Name, err)
			}
			continue
		}
		want := "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: carillon:" + op.Name
		if !api.IsKind(err, api.Forbidden) || !strings.Contains(err.Error(), want) {
			t.Errorf("alice, %s: got %v, want %q", op.Name, err, want)
		}
	}
}

// Nobody may call what left the API, and the refusal says what it is.
func TestAllow_removed(t *testing.T) {
	for i := range api.RemovedOps {
		op := &api.RemovedOps[i]
		err := access.Allow(&api.Caller{Root: true}, op)
		if !api.IsKind(err, api.Forbidden) || !strings.Contains(err.Error(), op.Name+" is not part of this API") {
			t.Errorf("%s: %v", op.Name, err)
		}
	}
}

func TestAction(t *testing.T) {
	for _, test := range []struct {
		op   api.Op
		want string
	}{
		{api.Op{Name: "CreateUser"}, "chime:CreateUser"},
		{api.Op{Name: "AddDomain", Audience: api.Operator}, "carillon:AddDomain"},
		{api.Op{Name: "CreateAccessKey", Audience: api.RootOnly}, "carillon:CreateAccessKey"},
	} {
		if got := access.Action(&test.op); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
