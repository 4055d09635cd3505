package apitest

import "carillon/api"

// Others stands for the rules that a test does not call, where [api.Bind] asks for
// those of all operations.
type Others[W any] struct {
	api.BackupsRootOnly[W]
	api.ChimeBearer[W]
	api.ChimePublic[W]
	api.ChimeRootOnly[W]
	api.ChimeTenant[W]
	api.ClockRootOnly[W]
	api.ExportsTenant[W]
	api.KeysRootOnly[W]
	api.RootKeyRootOnly[W]
	api.StatusRootOnly[W]
	api.TestRootOnly[W]
	api.TrailRootOnly[W]
	api.TrailTenant[W]
}
