package server

import (
	"net/http"

	"carillon/api"
	"carillon/api/cloudtrail"
	"carillon/api/iam"
	"carillon/api/sts"
	"carillon/wire"
)

// doors are the protocols of what is signed, by the service that the signature
// is for.
type doors map[string]wire.Door

func newDoors() doors {
	return doors{
		api.Chime.Name:          wire.NewRouter(func(op *api.Op) bool { return op.Audience != api.Bearer }, api.Ops, api.RemovedOps),
		iam.Service.Name:        wire.NewQuery(iam.Service, iam.Ops),
		sts.Service.Name:        wire.NewQuery(sts.Service, sts.Ops),
		cloudtrail.Service.Name: wire.NewJSON(cloudtrail.Service, cloudtrail.Ops),
	}
}

// services are the names of those services.
func services() []string {
	return []string{api.Chime.Name, iam.Service.Name, sts.Service.Name, cloudtrail.Service.Name}
}

// guess returns the door of a request until its signature says which.
func (d doors) guess(r *http.Request) wire.Door {
	switch wire.Guess(r) {
	case api.Query:
		return d[iam.Service.Name]
	case api.JSON:
		return d[cloudtrail.Service.Name]
	}
	return d[api.Chime.Name]
}
