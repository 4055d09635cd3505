package iam

import (
	"encoding/base64"
	"strings"

	"carillon/api/iam"
	"carillon/policy"
	"carillon/store"
)

// contextOf is what every request of a user has. Entries of the input replace it.
func contextOf(u *store.IamUser) policy.Values {
	return policy.Values{
		"aws:username": {u.UserName}, "aws:userid": {u.UserID},
		"aws:principalarn": {u.ARN()}, "aws:principalaccount": {u.AwsAccountID}, "aws:principaltype": {"User"},
	}
}

// readContext takes the entries of an input, each once.
func (m *simulation) readContext(entries []iam.ContextEntry) error {
	seen := map[string]bool{}
	for i := range entries {
		e := &entries[i]
		if err := checkEntry(e); err != nil {
			return err
		}
		key := strings.ToLower(e.ContextKeyName.V)
		if seen[key] {
			return iam.InvalidInput.Errorf("ContextEntries has the key %s twice", e.ContextKeyName.V)
		}
		seen[key] = true
		m.context[key] = e.ContextKeyValues
		for _, v := range e.ContextKeyValues {
			m.values += len(v)
		}
	}
	return nil
}

// listSuffix ends the types of keys that may have any number of values; others
// have one.
const listSuffix = "List"

// checkEntry checks that the values of an entry are of its type.
func checkEntry(e *iam.ContextEntry) error {
	if !e.ContextKeyName.Set || !e.ContextKeyType.Set {
		return iam.InvalidInput.Errorf("An entry of ContextEntries needs ContextKeyName and ContextKeyType")
	}
	kind, list := strings.CutSuffix(string(e.ContextKeyType.V), listSuffix)
	if !list && len(e.ContextKeyValues) != 1 {
		return iam.InvalidInput.Errorf("The context key %s of type %s needs one value and has %d", e.ContextKeyName.V, kind, len(e.ContextKeyValues))
	}
	for _, v := range e.ContextKeyValues {
		if !isOf(iam.ContextKeyTypeEnum(kind), v) {
			return iam.InvalidInput.Errorf("A value of the context key %s is no %s", e.ContextKeyName.V, kind)
		}
	}
	return nil
}

// isOf reports whether a value is of a type.
func isOf(kind iam.ContextKeyTypeEnum, value string) bool {
	switch kind {
	case iam.ContextKeyTypeEnumNumeric:
		return policy.IsNumber(value)
	case iam.ContextKeyTypeEnumBoolean:
		return policy.IsBool(value)
	case iam.ContextKeyTypeEnumIp:
		return policy.IsAddress(value)
	case iam.ContextKeyTypeEnumDate:
		return policy.IsDate(value)
	case iam.ContextKeyTypeEnumBinary:
		_, err := base64.StdEncoding.DecodeString(value)
		return err == nil
	}
	return true
}
