package userlist

import "testing"

func TestPlain(t *testing.T) {
	const begin, must = "1 validation error detected: Value at '", "' failed to satisfy constraint: Member must "
	for _, test := range []struct{ message, want string }{
		{begin + "PolicyArn" + must + "have length greater than or equal to 20, not 7", "PolicyArn must have at least 20 characters"},
		{begin + "Name" + must + "have length less than or equal to 100, not 101", "Name must have at most 100 characters"},
		{begin + "Name" + must + "have length less than or equal to 100 bytes, not 101", "Name must have length less than or equal to 100 bytes, not 101"},
		{begin + "LicenseType" + must + "satisfy enum value set: [Basic, Pro]; it is a string of length 4", "LicenseType must be one of Basic, Pro"},
		{begin + "PrimaryEmail" + must + "satisfy regular expression pattern: .+@.+\\..+; it is a string of length 6", "PrimaryEmail must be an e-mail address"},
		{begin + "RoomId" + must + "satisfy regular expression pattern: [0-9]+; it is a string of length 6", "RoomId must have the form [0-9]+"},
		{begin + "Users" + must + "be given", "Users must be given"},
		{"2 validation errors detected: Value at 'A' failed to satisfy constraint: Member must be x; Value at 'B' failed to y", "2 validation errors detected: Value at 'A' failed to satisfy constraint: Member must be x; Value at 'B' failed to y"},
		{"Everything is wrong", "Everything is wrong"},
	} {
		if got := Plain(test.message); got != test.want {
			t.Errorf("%s: %s, want %s", test.message, got, test.want)
		}
	}
}
