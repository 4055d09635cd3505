package iam_test

import (
	"fmt"
	"strings"
	"testing"

	"carillon/api"
	"carillon/api/iam"
)

// decided is what a simulation says, an item "action resource decision [policies]
// [missing keys]".
func decided(out *iam.SimulateCustomPolicyOutput) (list []string) {
	for _, r := range out.EvaluationResults {
		var from []string
		for _, m := range r.MatchedStatements {
			from = append(from, m.SourcePolicyId.V)
		}
		list = append(list, fmt.Sprint(r.EvalActionName, " ", r.EvalResourceName.V, " ", r.EvalDecision, " ", from, " ", r.MissingContextValues))
	}
	return list
}

const (
	allowReads = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["chime:Get*","chime:List*"],"Resource":"*"}]}`
	denyBots   = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"chime:*Bot*","Resource":"*"}}`
	allowHome  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"chime:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}`
	allowSelf  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/${aws:username}"}]}`
)

func entry(name string, kind iam.ContextKeyTypeEnum, values ...string) iam.ContextEntry {
	return iam.ContextEntry{ContextKeyName: some(name), ContextKeyType: api.Some(kind), ContextKeyValues: values}
}

func TestSimulateCustomPolicy(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		in   iam.SimulateCustomPolicyInput
		want []string
	}{
		"for each action all resources": {
			iam.SimulateCustomPolicyInput{PolicyInputList: []string{allowReads}, ActionNames: []string{"chime:GetUser", "chime:DeleteUser"}, ResourceArns: []string{"*", "arn:aws:chime::1:x"}},
			[]string{
				"chime:GetUser * allowed [PolicyInputList.1] []", "chime:GetUser arn:aws:chime::1:x allowed [PolicyInputList.1] []",
				"chime:DeleteUser * implicitDeny [] []", "chime:DeleteUser arn:aws:chime::1:x implicitDeny [] []",
			},
		},
		"a deny wins": {
			iam.SimulateCustomPolicyInput{PolicyInputList: []string{allowReads, denyBots}, ActionNames: []string{"chime:GetBot", "chime:getuser"}},
			[]string{"chime:GetBot * explicitDeny [PolicyInputList.2] []", "chime:getuser * allowed [PolicyInputList.1] []"},
		},
		"a key is missing": {
			iam.SimulateCustomPolicyInput{PolicyInputList: []string{allowHome}, ActionNames: []string{"chime:GetBot"}},
			[]string{"chime:GetBot * implicitDeny [] [aws:SourceIp]"},
		},
		"a key is given": {
			iam.SimulateCustomPolicyInput{PolicyInputList: []string{allowHome}, ActionNames: []string{"chime:GetBot"}, ContextEntries: []iam.ContextEntry{entry("AWS:sourceip", "ip", "10.1.2.3")}},
			[]string{"chime:GetBot * allowed [PolicyInputList.1] []"},
		},
		"inside of a boundary": {
			iam.SimulateCustomPolicyInput{PolicyInputList: []string{allowAll}, PermissionsBoundaryPolicyInputList: []string{allowReads, denyBots}, ActionNames: []string{"chime:GetUser", "chime:DeleteUser", "chime:GetBot"}},
			[]string{"chime:GetUser * allowed [PolicyInputList.1] []", "chime:DeleteUser * implicitDeny [] []", "chime:GetBot * explicitDeny [PermissionsBoundaryPolicyInputList.2] []"},
		},
	} {
		out, err := w.iam.SimulateCustomPolicy(as(aws), &test.in)
		if got := decided(out); err != nil || fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s:\ngot  %v, %v\nwant %v", name, got, err, test.want)
		}
	}
}

// Statements are where the simulator of AWS says that they are.
func TestSimulateCustomPolicy_places(t *testing.T) {
	w := newWorld(t)
	document := "{\"Version\":\"2012-10-17\",\n \"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},\n  {\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}"
	out, err := w.iam.SimulateCustomPolicy(as(aws), &iam.SimulateCustomPolicyInput{
		PolicyInputList: []string{document}, PermissionsBoundaryPolicyInputList: []string{allowAll}, ActionNames: []string{"chime:GetUser"},
	})
	w.must(err)
	r := out.EvaluationResults[0]
	if !r.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary.V || len(r.MatchedStatements) != 1 {
		t.Fatalf("got %+v", r)
	}
	m := r.MatchedStatements[0]
	if m.SourcePolicyType.V != "IAM Policy" || m.StartPosition.Line.V != 2 || m.EndPosition.Line.V != 3 {
		t.Errorf("a statement from %+v to %+v of type %s", m.StartPosition, m.EndPosition, m.SourcePolicyType.V)
	}
}

func TestSimulatePrincipalPolicy(t *testing.T) {
	w := newWorld(t)
	alice := w.create("alice").Arn
	w.must(w.put("alice", "self", allowSelf))
	w.must(w.attach("alice", w.policy("reads", allowReads)))
	w.must(w.attach("alice", builtIn("IAMReadOnlyAccess")))
	ask := iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: some(alice), CallerArn: some(alice), PolicyInputList: []string{denyBots},
		ActionNames: []string{"chime:ListBots", "chime:GetUser", "iam:DeleteUser", "iam:GetUser"}, ResourceArns: []string{alice},
	}
	want := []string{
		"chime:ListBots " + alice + " explicitDeny [PolicyInputList.1] []", "chime:GetUser " + alice + " allowed [reads] []",
		"iam:DeleteUser " + alice + " allowed [user_alice_self] []", "iam:GetUser " + alice + " allowed [IAMReadOnlyAccess user_alice_self] []",
	}
	out, err := w.iam.SimulatePrincipalPolicy(as(aws), &ask)
	if got := decided(out); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for name, source := range map[string]string{
		"nobody": "arn:aws:iam::" + aws + ":user/bob", "a role": "arn:aws:iam::" + aws + ":role/admin", "another case": strings.Replace(alice, "alice", "Alice", 1),
	} {
		ask.PolicySourceArn, ask.CallerArn = some(source), api.Opt[string]{}
		_, err = w.iam.SimulatePrincipalPolicy(as(aws), &ask)
		w.refused(name, err, iam.NoSuchEntity, source)
	}
	ask.PolicySourceArn = some(alice)
	_, err = w.iam.SimulatePrincipalPolicy(as(other), &ask)
	w.refused("from another AWS account", err, iam.NoSuchEntity)
	ask.PolicySourceArn = some("arn:aws:iam::" + aws + ":root")
	_, err = w.iam.SimulatePrincipalPolicy(as(aws), &ask)
	w.refused("root", err, iam.InvalidInput, "does not clearly define entity type and name")
}

func TestSimulate_refused(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		change func(in *iam.SimulateCustomPolicyInput)
		kind   api.Kind
		part   string
	}{
		"malformed":   {func(in *iam.SimulateCustomPolicyInput) { in.PolicyInputList = []string{`{"Version":"2008-10-17"}`} }, iam.MalformedPolicyDocument, ""},
		"boundary":    {func(in *iam.SimulateCustomPolicyInput) { in.PermissionsBoundaryPolicyInputList = []string{`{}`} }, iam.MalformedPolicyDocument, ""},
		"large":       {func(in *iam.SimulateCustomPolicyInput) { in.PolicyInputList = []string{sized(6145)} }, iam.InvalidInput, "6144"},
		"wildcard":    {func(in *iam.SimulateCustomPolicyInput) { in.ActionNames = []string{"chime:*"} }, iam.InvalidInput, "chime:*"},
		"no service":  {func(in *iam.SimulateCustomPolicyInput) { in.ActionNames = []string{"GetUser"} }, iam.InvalidInput, "GetUser"},
		"resource":    {func(in *iam.SimulateCustomPolicyInput) { in.ResourceArns = []string{"alice"} }, iam.InvalidInput, "alice"},
		"of resource": {func(in *iam.SimulateCustomPolicyInput) { in.ResourcePolicy = some("{}") }, iam.InvalidInput, "ResourcePolicy"},
		"owner":       {func(in *iam.SimulateCustomPolicyInput) { in.ResourceOwner = some("x") }, iam.InvalidInput, "ResourceOwner"},
		"handling":    {func(in *iam.SimulateCustomPolicyInput) { in.ResourceHandlingOption = some("x") }, iam.InvalidInput, "ResourceHandlingOption"},
		"caller":      {func(in *iam.SimulateCustomPolicyInput) { in.CallerArn = some("x") }, iam.InvalidInput, "CallerArn"},
		"twice": {func(in *iam.SimulateCustomPolicyInput) {
			in.ContextEntries = []iam.ContextEntry{entry("aws:x", "string", "a"), entry("AWS:X", "string", "b")}
		}, iam.InvalidInput, "AWS:X"},
		"no name": {func(in *iam.SimulateCustomPolicyInput) {
			in.ContextEntries = []iam.ContextEntry{{ContextKeyType: api.Some(iam.ContextKeyTypeEnumIp)}}
		}, iam.InvalidInput, "ContextKeyName"},
		"marker": {func(in *iam.SimulateCustomPolicyInput) { in.Marker = some("x") }, api.QueryCommon.Invalid, "Marker"},
	} {
		in := iam.SimulateCustomPolicyInput{PolicyInputList: []string{allowReads}, ActionNames: []string{"chime:GetUser"}}
		test.change(&in)
		_, err := w.iam.SimulateCustomPolicy(as(aws), &in)
		w.refused(name, err, test.kind, test.part)
	}
}

// Values must be of their type.
func TestSimulate_contextTypes(t *testing.T) {
	w := newWorld(t)
	for kind, values := range map[iam.ContextKeyTypeEnum][2]string{
		"numeric": {"1.5e3", "many"}, "boolean": {"true", "yes"}, "ip": {"fe80::1", "10.0.0.0/8"}, "date": {"2026-11-21T12:00:00Z", "today"}, "binary": {"YQ==", "?"},
	} {
		for i, value := range values {
			single, list := entry("aws:key", kind, value), entry("aws:key", kind+"List", values[0], value)
			for _, e := range []iam.ContextEntry{single, list} {
				_, err := w.iam.SimulateCustomPolicy(as(aws), &iam.SimulateCustomPolicyInput{
					PolicyInputList: []string{allowReads}, ActionNames: []string{"chime:GetUser"}, ContextEntries: []iam.ContextEntry{e},
				})
				if i == 0 && err != nil {
					t.Errorf("%s %q: %v", e.ContextKeyType.V, e.ContextKeyValues, err)
				} else if i == 1 {
					w.refused(string(e.ContextKeyType.V), err, iam.InvalidInput, "aws:key", string(kind))
				}
			}
		}
	}
	_, err := w.iam.SimulateCustomPolicy(as(aws), &iam.SimulateCustomPolicyInput{
		PolicyInputList: []string{allowReads}, ActionNames: []string{"chime:GetUser"}, ContextEntries: []iam.ContextEntry{entry("aws:key", "string", "a", "b")},
	})
	w.refused("two values", err, iam.InvalidInput, "needs one value and has 2")
}

// Pages go through all results, in bounded time and size whatever is asked.
func TestSimulate_pages(t *testing.T) {
	w := newWorld(t)
	actions := make([]string, 70)
	for i := range actions {
		actions[i] = fmt.Sprint("chime:Do", i)
	}
	statements := strings.Repeat(`{"Effect":"Allow","Action":"*","Resource":"*"},`, 100) + `{"Effect":"Deny","Action":"chime:Do69","Resource":"arn:aws:chime::2:*"}`
	in := iam.SimulateCustomPolicyInput{
		PolicyInputList: []string{`{"Version":"2012-10-17","Statement":[` + statements + `]}`}, ActionNames: actions, ResourceArns: []string{"arn:aws:chime::1:x", "arn:aws:chime::2:x"},
		MaxItems: api.Some(1000),
	}
	var all []string
	pages := 0
	for ; pages < 200; pages++ {
		out, err := w.iam.SimulateCustomPolicy(as(aws), &in)
		w.must(err)
		all = append(all, decided(out)...)
		if in.Marker = out.Marker; !in.Marker.Set {
			break
		}
	}
	if len(all) != 140 || pages == 0 || !strings.HasPrefix(all[0], "chime:Do0 arn:aws:chime::1:x allowed") || !strings.HasPrefix(all[139], "chime:Do69 arn:aws:chime::2:x explicitDeny") {
		t.Errorf("%d results on %d pages, the last %s", len(all), pages+1, all[len(all)-1])
	}
	out, err := w.iam.SimulateCustomPolicy(as(aws), &iam.SimulateCustomPolicyInput{PolicyInputList: in.PolicyInputList, ActionNames: actions, MaxItems: api.Some(2)})
	w.must(err)
	in.Marker = out.Marker
	_, err = w.iam.SimulateCustomPolicy(as(aws), &in)
	w.refused("of another question", err, api.QueryCommon.Invalid, "Marker")
}

// What would take too long is refused.
func TestSimulate_cost(t *testing.T) {
	w := newWorld(t)
	in := iam.SimulateCustomPolicyInput{ActionNames: []string{"chime:GetUser"}}
	for range 20 {
		in.PolicyInputList = append(in.PolicyInputList, sized(6144))
	}
	values := make([]string, 50)
	for i := range values {
		values[i] = strings.Repeat("x", 1024)
	}
	in.ContextEntries = []iam.ContextEntry{entry("aws:key", "stringList", values...)}
	_, err := w.iam.SimulateCustomPolicy(as(aws), &in)
	w.refused("much of both", err, iam.InvalidInput, "too large")
}
