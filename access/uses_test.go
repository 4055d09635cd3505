package access

import (
	"testing"

	"carillon/store"
)

// The use that counts is the last one, whatever it was for; the same is written
// down once a minute.
func TestUses_note(t *testing.T) {
	u := &uses{}
	for _, step := range []struct {
		service, region string
		ms              int64
		want            *store.KeyUse // to be written; nil: nothing is
	}{
		{"sts", "us-east-1", 1000, &store.KeyUse{UsedMs: 1000, Service: "sts", Region: "us-east-1"}},
		{"sts", "us-east-1", 1000 + minUse - 1, nil},
		{"chime", "us-east-1", 1000 + minUse - 1, &store.KeyUse{UsedMs: 1000 + minUse - 1, Service: "chime", Region: "us-east-1"}},
		{"chime", "eu-west-1", 1000 + minUse, &store.KeyUse{UsedMs: 1000 + minUse, Service: "chime", Region: "eu-west-1"}},
		{"chime", "eu-west-1", 1001 + minUse, nil},
		{"chime", "eu-west-1", 1000 + 2*minUse, &store.KeyUse{UsedMs: 1000 + 2*minUse, Service: "chime", Region: "eu-west-1"}},
	} {
		u.note("AKIA", step.service, step.region, step.ms)
		got, written := u.take()["AKIA"]
		if step.want != nil {
			step.want.AccessKeyID = "AKIA"
		}
		if written != (step.want != nil) || written && got != *step.want {
			t.Errorf("%s in %s at %d: got %+v, want %+v", step.service, step.region, step.ms, got, step.want)
		}
	}
	if n := u.count.Load(); n != 1 {
		t.Errorf("%d keys are counted, want 1", n)
	}
}
