package e2e

import (
	"fmt"
	"testing"
)

// scimRows says for every fact that is known of identity providers where its test is.
// T: transport; O: Okta; E: Entra ID; V: other vendors (1 OneLogin's groups, 2 its
// deletions, 3 JumpCloud, 4 authentik, 5 what administrators know of AWS); R: rules of
// answers. What packages filter and patch read is also tested there, under the same
// marks.
var scimRows = map[string][]func(*testing.T){
	"T1": {TestScim_transport}, "T2": {TestScim_transport}, "T3": {TestScim_transport}, "T4": {TestScim_rules}, "T5": {TestScim_onelogin},
	"T6": {TestScim_transport}, "T7": {TestScim_tls}, "T8": {TestScim_rules}, "T9": {TestScim_odd_bodies},
	"O1": {TestScim_okta}, "O2": {TestScim_okta}, "O3": {TestScim_okta}, "O4": {TestScim_okta_habits}, "O5": {TestScim_okta}, "O6": {TestScim_okta_habits},
	"O7": {TestScim_okta}, "O8": {TestScim_okta}, "O9": {TestScim_okta}, "O10": {TestScim_okta}, "O11": {TestScim_groups}, "O12": {TestScim_rules}, "O13": {TestScim_okta_habits},
	"E1": {TestScim_entra}, "E2": {TestScim_entra, TestScim_hostile_queries}, "E3": {TestScim_entra}, "E4": {TestScim_entra}, "E5": {TestScim_entra, TestScim_habits}, "E6": {TestScim_entra}, "E7": {TestScim_entra, TestScim_habits},
	"E8": {TestScim_entra_habits}, "E9": {TestScim_entra}, "E10": {TestScim_okta}, "E11": {TestScim_entra_habits, TestScim_groups}, "E12": {TestScim_groups, TestScim_large_groups}, "E13": {TestScim_groups},
	"E14": {TestScim_groups}, "E15": {TestScim_groups}, "E16": {TestScim_entra_habits}, "E17": {TestScim_entra_habits},
	"V1": {TestScim_onelogin}, "V2": {TestScim_onelogin}, "V3": {TestScim_groups}, "V4": {TestScim_authentik}, "V5": {TestScim_entra},
	"R1": {TestScim_okta}, "R2": {TestScim_hostile_queries, TestScim_page_limit}, "R3": {TestScim_transport, TestScim_okta}, "R4": {TestScim_okta}, "R5": {TestScim_throttled, TestScim_hostile_bodies, TestScim_methods, TestScim_rules}, "R6": {TestScim_okta}, "R7": {TestScim_groups, TestScim_entra_habits},
	"R8": {TestScim_rules}, "R9": {TestScim_attributes, TestScim_transport}, "R10": {TestScim_rules, TestScim_okta}, "R11": {TestScim_entra}, "R12": {TestScim_entra_habits}, "R13": {TestScim_rules}, "R14": {TestScim_rules, TestScim_methods},
	"R15": {TestScim_pages_and_PUT}, "R16": {TestScim_transport, TestScim_groups}, "R17": {TestScim_locks_nobody_out}, "R18": {TestScim_takes_over}, "R19": {TestScim_methods},
}

func TestScim_rows(t *testing.T) {
	for mark, last := range map[string]int{"T": 9, "O": 13, "E": 17, "V": 5, "R": 19} {
		for i := 1; i <= last; i++ {
			if row := fmt.Sprint(mark, i); len(scimRows[row]) == 0 {
				t.Errorf("%s has no test", row)
			}
		}
	}
}
