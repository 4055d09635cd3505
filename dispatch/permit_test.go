package dispatch

import (
	"strings"
	"testing"

	"carillon/api"
)

func TestPermit(t *testing.T) {
	rootCaller := &api.Caller{AwsAccountID: "111122223333", ARN: "arn:aws:iam::111122223333:root", Root: true}
	alice := &api.Caller{AwsAccountID: "111122223333", ARN: "arn:aws:iam::111122223333:user/alice"}
	for i := range api.Ops {
		op := &api.Ops[i]
		if err := permit(rootCaller, op); err != nil {
			t.Errorf("root, %s: %v", op.Name, err)
		}
		err := permit(alice, op)
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
func TestPermit_removed(t *testing.T) {
	for i := range api.RemovedOps {
		op := &api.RemovedOps[i]
		err := permit(&api.Caller{Root: true}, op)
		if !api.IsKind(err, api.Forbidden) || !strings.Contains(err.Error(), op.Name+" is not part of this API") {
			t.Errorf("%s: %v", op.Name, err)
		}
	}
}
