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
		if err := permit(&Call{Op: op, Caller: rootCaller, In: op.New()}); err != nil {
			t.Errorf("root, %s: %v", op.Name, err)
		}
		err := permit(&Call{Op: op, Caller: alice, In: op.New()})
		if op.Audience != api.RootOnly {
			if err != nil {
				t.Errorf("alice, %s: %v", op.Name, err)
			}
			continue
		}
		want := "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: carillon:" + op.Name +
			" because no identity-based policy allows the carillon:" + op.Name + " action"
		if !api.IsKind(err, api.Forbidden) || !strings.Contains(err.Error(), want) {
			t.Errorf("alice, %s: got %v, want %q", op.Name, err, want)
		}
	}
}

// Nobody may call what left the API, and the refusal says what it is.
func TestPermit_removed(t *testing.T) {
	for i := range api.RemovedOps {
		op := &api.RemovedOps[i]
		err := permit(&Call{Op: op, Caller: &api.Caller{Root: true}})
		if !api.IsKind(err, api.Forbidden) || !strings.Contains(err.Error(), op.Name+" is not part of this API") {
			t.Errorf("%s: %v", op.Name, err)
		}
	}
}

func TestDenied_resource(t *testing.T) {
	alice := &api.Caller{AwsAccountID: "111122223333", ARN: "arn:aws:iam::111122223333:user/alice"}
	err := denied(&Call{Op: api.Operation("CreateMeetingDialOut"), Caller: alice, In: &api.CreateMeetingDialOutInput{MeetingId: "m"}})
	want := "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: chime:CreateMeetingDialOut on resource: " +
		"arn:aws:chime::111122223333:meeting/m because no identity-based policy allows the chime:CreateMeetingDialOut action"
	if !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}
