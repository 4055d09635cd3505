package main

type userCmd struct {
	Import userImportCmd `cmd:"" help:"Import users from CSV, or from JSON as aws chime list-users prints it."`
	Export userExportCmd `cmd:"" help:"Export users as CSV, JSON or JSON lines, with everything that an import takes."`
	Rename userRenameCmd `cmd:"" help:"Change the name that a user is shown with."`
}
