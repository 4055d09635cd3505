package main

type userCmd struct {
	Import userImportCmd `cmd:"" help:"Import users from CSV, or from JSON as aws chime list-users prints it."`
	Export userExportCmd `cmd:"" help:"Export the users of an account."`
	Rename userRenameCmd `cmd:"" help:"Change the name that a user is shown with."`
}

// userColumns are the members of a user that CSV files have.
var userColumns = columns{
	names: []string{
		"AccountId", "UserId", "PrimaryEmail", "DisplayName", "LicenseType", "UserType", "UserRegistrationStatus",
		"UserInvitationStatus", "RegisteredOn", "InvitedOn", "PersonalPIN",
	},
	aliases: map[string]string{"email": "PrimaryEmail"},
}
