package chime_test

import (
	"strings"
	"testing"
	"time"

	"carillon/api"
)

func (w *world) defaultName(name string) error {
	return w.UpdatePhoneNumberSettings(w.ctx, &api.UpdatePhoneNumberSettingsInput{CallingName: api.Some(name)})
}

func (w *world) wantDefaultName(name string, at api.Timestamp) {
	w.Helper()
	out, err := w.GetPhoneNumberSettings(w.ctx, &api.GetPhoneNumberSettingsInput{})
	if err != nil || out.CallingName != api.NonZero(name) || out.CallingNameUpdatedTimestamp != at {
		w.Errorf("got %+v, %v, want %q of %d", out, err, name, at)
	}
}

// The default calling name changes once in seven days.
func TestPhoneNumberSettings(t *testing.T) {
	w := newWorld(t)
	w.wantDefaultName("", 0)
	w.own(fiction(0))
	for _, name := range []string{"First", "Second", ""} {
		at := w.advance(time.Minute)
		w.must(w.defaultName(name))
		w.wantDefaultName(name, at)
		w.advance(7*24*time.Hour - time.Millisecond)
		next := time.UnixMilli(int64(at)).Add(7 * 24 * time.Hour).UTC().Format(time.RFC3339)
		w.refused("too early", w.defaultName("Other"), api.BadRequest, "seven days", next)
		w.wantDefaultName(name, at)
	}
	if w.number(fiction(0)).CallingName.Set {
		t.Error("the default became the name of a number")
	}
	w.ctx = as(other)
	w.wantDefaultName("", 0)
	w.must(w.defaultName("Others"))
}

func buckets(business, voice *string) *api.UpdateGlobalSettingsInput {
	in := &api.UpdateGlobalSettingsInput{}
	if business != nil {
		in.BusinessCalling = &api.BusinessCallingSettings{CdrBucket: api.Some(*business)}
	}
	if voice != nil {
		in.VoiceConnector = &api.VoiceConnectorSettings{CdrBucket: api.Some(*voice)}
	}
	return in
}

// A part that is not given stays; an empty bucket, which null stands for on the
// wire, ends the records.
func TestGlobalSettings(t *testing.T) {
	w := newWorld(t)
	one, two, empty := "bucket.one", "bucket-2", ""
	for i, step := range []struct {
		in              *api.UpdateGlobalSettingsInput
		business, voice string
	}{
		{buckets(nil, nil), "", ""},
		{buckets(&one, nil), one, ""},
		{buckets(nil, &two), one, two},
		{buckets(nil, nil), one, two},
		{&api.UpdateGlobalSettingsInput{BusinessCalling: &api.BusinessCallingSettings{}}, one, two},
		{buckets(&two, &empty), two, ""},
		{buckets(&empty, &one), "", one},
	} {
		w.must(w.UpdateGlobalSettings(w.ctx, step.in))
		out, err := w.GetGlobalSettings(w.ctx, &api.GetGlobalSettingsInput{})
		if err != nil || out.BusinessCalling.CdrBucket != api.NonZero(step.business) || out.VoiceConnector.CdrBucket != api.NonZero(step.voice) {
			t.Errorf("step %d: %+v, %+v, %v", i, out.BusinessCalling, out.VoiceConnector, err)
		}
	}
	out, err := w.GetGlobalSettings(as(other), &api.GetGlobalSettingsInput{})
	if err != nil || out.VoiceConnector.CdrBucket.Set {
		t.Errorf("another AWS account: %+v, %v", out, err)
	}
}

func TestGlobalSettings_names(t *testing.T) {
	w := newWorld(t)
	good := "abc"
	for name, ok := range map[string]bool{
		"abc": true, strings.Repeat("a", 63): true, "a.b-c": true, "ab": false, strings.Repeat("a", 64): false,
		"Abc": false, "-abc": false, "abc-": false, "a_c": false, "s3://abc": false, "abc\n": false,
	} {
		for _, in := range []*api.UpdateGlobalSettingsInput{buckets(&name, &good), buckets(&good, &name)} {
			err := w.UpdateGlobalSettings(w.ctx, in)
			if ok && err != nil {
				t.Errorf("%q: %v", name, err)
			}
			if !ok {
				w.refused(name, err, api.BadRequest, "CdrBucket")
			}
		}
	}
}

// Null clears a bucket; a part without one is left alone.
func TestGlobalSettings_wire(t *testing.T) {
	w := newWorld(t)
	op := api.Ops[0]
	for i := range api.Ops {
		if api.Ops[i].Name == "UpdateGlobalSettings" {
			op = api.Ops[i]
		}
	}
	one := "bucket"
	for body, want := range map[string]string{
		`{"BusinessCalling": {"CdrBucket": null}}`: "", `{"BusinessCalling": {"CdrBucket": ""}}`: "",
		`{"BusinessCalling": {}}`: one, `{"BusinessCalling": null}`: one, `{}`: one,
	} {
		w.must(w.UpdateGlobalSettings(w.ctx, buckets(&one, nil)))
		in := op.New().(api.RESTInput)
		w.must(in.DecodeBody([]byte(body)))
		w.must(w.UpdateGlobalSettings(w.ctx, in.(*api.UpdateGlobalSettingsInput)))
		out, err := w.GetGlobalSettings(w.ctx, &api.GetGlobalSettingsInput{})
		if err != nil || out.BusinessCalling.CdrBucket != api.NonZero(want) {
			t.Errorf("%s: %+v, %v, want %q", body, out.BusinessCalling, err, want)
		}
	}
}
