package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// Both simulators say of documents what the server does with them.
func TestIam_simulators_agree(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.conditional(t)
		document := `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","NotAction":["iam:*","chime:Create*"],"Resource":"*"},
			{"Effect":"Allow","Action":"iam:Get*","Resource":"arn:aws:iam::*:user/${aws:username}"},
			{"Effect":"Deny","Action":"chime:GetGlobal*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}}]}`
		c.admin.do(t, "iam", "PutUserPolicy", members{"UserName": "visitor", "PolicyName": "p", "PolicyDocument": document})
		other := c.arn[:len(c.arn)-len("visitor")] + "admin"
		entries := []members{
			{"ContextKeyName": "aws:SourceIp", "ContextKeyType": "ip", "ContextKeyValues": []string{"127.0.0.1"}},
			{"ContextKeyName": "aws:username", "ContextKeyType": "string", "ContextKeyValues": []string{"visitor"}},
		}
		for call, want := range map[*probe]string{
			{"chime", "ListAccounts", nil, "*"}:                                                                              allowed,
			{"chime", "CreateAccount", members{"Name": "x"}, "*"}:                                                            implicitDeny,
			{"chime", "GetGlobalSettings", nil, "*"}:                                                                         explicitDeny,
			{"iam", "GetUser", nil, c.arn}:                                                                                   allowed,
			{"iam", "GetUser", members{"UserName": "admin"}, other}:                                                          implicitDeny,
			{"sts", "GetAccessKeyInfo", members{"AccessKeyId": c.user.keys.AccessKeyID}, "*"}:                                allowed,
			{"iam", "GetPolicy", members{"PolicyArn": managedPolicies + "IAMFullAccess"}, managedPolicies + "IAMFullAccess"}: implicitDeny,
		} {
			in := members{"ActionNames": []string{call.action()}, "ResourceArns": []string{call.resource}, "ContextEntries": entries}
			in["PolicyInputList"] = []string{document}
			custom := c.admin.do(t, "iam", "SimulateCustomPolicy", in)
			equal(t, "custom: "+call.action(), text(custom, "EvaluationResults", 0, "EvalDecision"), want)
			delete(in, "PolicyInputList")
			in["PolicySourceArn"] = c.arn
			of := c.admin.do(t, "iam", "SimulatePrincipalPolicy", in)
			equal(t, "principal: "+call.action(), text(of, "EvaluationResults", 0, "EvalDecision"), want)
			c.user.byName().decided(t, c.arn, *call, want)
		}
	})
}

// The simulator says which statement decides and what it would have to know.
func TestIam_simulator_explains(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, _ := e.admin(t)
		fullAccess, err := os.ReadFile(filepath.Join("..", "access", "managed", "AmazonChimeFullAccess.json"))
		succeed(t, err)
		denial := `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"chime:Delete*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}}`
		out := admin.byName().do(t, "iam", "SimulateCustomPolicy", members{
			"PolicyInputList": []string{string(fullAccess), denial}, "ActionNames": []string{"chime:DeleteAccount"},
		})
		result := at(out, "EvaluationResults", 0)
		equal(t, "decision", text(result, "EvalDecision"), allowed)
		equal(t, "what is missing", texts(at(result, "MissingContextValues")), []string{"aws:SecureTransport"})
		equal(t, "who decides", texts(at(result, "MatchedStatements"), "SourcePolicyId"), []string{"PolicyInputList.1"})
		equal(t, "where, which is behind the bracket as on AWS", at(result, "MatchedStatements", 0, "StartPosition"), any(members{"Line": 3.0, "Column": 16.0}))
	})
}

// A document that IAM would not keep the simulators refuse as well.
func TestIam_malformed_documents(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, _ := e.admin(t)
		root := admin.byName()
		for _, document := range []string{
			`{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"chime:*","Resource":"*"}}`,
			`{"Version":"2012-10-17","Statement":{"Effect":"Permit","Action":"chime:*","Resource":"*"}}`,
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:*"}}`,
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:*","Resource":"*","Principal":"*"}}`,
			`{"Version":"2012-10-17","Statement":[`, `[]`, `x`,
		} {
			root.refused(t, "MalformedPolicyDocument", "", "iam", "PutUserPolicy", members{"UserName": "admin", "PolicyName": "p", "PolicyDocument": document})
			root.refused(t, "MalformedPolicyDocument", "", "iam", "CreatePolicy", members{"PolicyName": "p", "PolicyDocument": document})
			simulated := root.try(t, "iam", "SimulateCustomPolicy", members{"PolicyInputList": []string{document}, "ActionNames": []string{"chime:GetUser"}})
			if simulated.Error == nil || simulated.Error.Name != "MalformedPolicyDocument" {
				t.Errorf("the simulator on %s: %+v", document, simulated)
			}
		}
	})
}

// Lists go on where the page before has ended, and markers are for one list.
func TestIam_pages(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, _ := e.admin(t)
		root := admin.byName()
		want := []string{"admin"}
		for _, name := range []string{"b", "C", "d", "E"} {
			root.do(t, "iam", "CreateUser", members{"UserName": name})
			want = append(want, name)
		}
		var got []string
		in, marker := members{"MaxItems": 2}, ""
		for {
			page := root.do(t, "iam", "ListUsers", in)
			got = append(got, texts(at(page, "Users"), "UserName")...)
			if at(page, "IsTruncated") != true {
				break
			}
			marker = text(page, "Marker")
			in["Marker"] = marker
		}
		equal(t, "users", got, want)
		for operation, in := range map[string]members{
			"ListUsers":    {"Marker": marker, "PathPrefix": "/x/"},
			"ListPolicies": {"Marker": marker},
		} {
			o := root.try(t, "iam", operation, in)
			if o.Error == nil || o.Error.Name != "ValidationError" || o.Error.Status != 400 {
				t.Errorf("%s with the marker of another list: %+v", operation, o)
			}
		}
	})
}
