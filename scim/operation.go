package scim

import (
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"

	"carillon/api"
	"carillon/scim/schema"
)

// op returns an operation of the table.
func op(name string) *api.Op {
	for i := range api.Ops {
		if api.Ops[i].Name == name {
			return &api.Ops[i]
		}
	}
	panic("scim: no operation " + name)
}

var users = &kind{
	Type: schema.Users,
	list: func(c *call) (*api.Op, api.Input) {
		q := c.listing()
		return opListUsers, &api.ListScimUsersInput{AccountId: c.AccountID, Filter: q.filter, SortBy: q.sortBy, Descending: q.descending, StartIndex: q.start, Count: q.count}
	},
	get: func(c *call, id string) (*api.Op, api.Input) {
		return opGetUser, &api.GetScimUserInput{AccountId: c.AccountID, UserId: id}
	},
	create: func(c *call) (*api.Op, api.Input) {
		return opCreateUser, &api.CreateScimUserInput{AccountId: c.AccountID, Document: api.Some(c.body)}
	},
	replace: func(c *call, id string) (*api.Op, api.Input) {
		return opReplaceUser, &api.ReplaceScimUserInput{AccountId: c.AccountID, UserId: id, Document: api.Some(c.body), Version: api.NonZero(c.ifMatch)}
	},
	patch: func(c *call, id string) (*api.Op, api.Input) {
		return opPatchUser, &api.PatchScimUserInput{AccountId: c.AccountID, UserId: id, Document: api.Some(c.body), Version: api.NonZero(c.ifMatch)}
	},
	remove: func(c *call, id string) (*api.Op, api.Input) {
		return opDeleteUser, &api.DeleteScimUserInput{AccountId: c.AccountID, UserId: id, Version: api.NonZero(c.ifMatch)}
	},
}

var groups = &kind{
	Type: schema.Groups,
	list: func(c *call) (*api.Op, api.Input) {
		q := c.listing()
		return opListGroups, &api.ListScimGroupsInput{
			AccountId: c.AccountID, Filter: q.filter, SortBy: q.sortBy, Descending: q.descending, StartIndex: q.start, Count: q.count, WithoutMembers: c.withoutMembers(),
		}
	},
	get: func(c *call, id string) (*api.Op, api.Input) {
		return opGetGroup, &api.GetScimGroupInput{AccountId: c.AccountID, GroupId: id, WithoutMembers: c.withoutMembers()}
	},
	create: func(c *call) (*api.Op, api.Input) {
		return opCreateGroup, &api.CreateScimGroupInput{AccountId: c.AccountID, Document: api.Some(c.body)}
	},
	replace: func(c *call, id string) (*api.Op, api.Input) {
		return opReplaceGroup, &api.ReplaceScimGroupInput{AccountId: c.AccountID, GroupId: id, Document: api.Some(c.body), Version: api.NonZero(c.ifMatch)}
	},
	patch: func(c *call, id string) (*api.Op, api.Input) {
		return opPatchGroup, &api.PatchScimGroupInput{AccountId: c.AccountID, GroupId: id, Document: api.Some(c.body), Version: api.NonZero(c.ifMatch)}
	},
	remove: func(c *call, id string) (*api.Op, api.Input) {
		return opDeleteGroup, &api.DeleteScimGroupInput{AccountId: c.AccountID, GroupId: id, Version: api.NonZero(c.ifMatch)}
	},
}

var (
	opListUsers, opGetUser       = op("ListScimUsers"), op("GetScimUser")
	opCreateUser, opReplaceUser  = op("CreateScimUser"), op("ReplaceScimUser")
	opPatchUser, opDeleteUser    = op("PatchScimUser"), op("DeleteScimUser")
	opListGroups, opGetGroup     = op("ListScimGroups"), op("GetScimGroup")
	opCreateGroup, opDeleteGroup = op("CreateScimGroup"), op("DeleteScimGroup")
	opReplaceGroup, opPatchGroup = op("ReplaceScimGroup"), op("PatchScimGroup")
)

// resourceOf returns the resource of an output.
func resourceOf(out api.Output) string {
	switch out := out.(type) {
	case *api.GetScimUserOutput:
		return out.Resource.V
	case *api.CreateScimUserOutput:
		return out.Resource.V
	case *api.ReplaceScimUserOutput:
		return out.Resource.V
	case *api.PatchScimUserOutput:
		return out.Resource.V
	case *api.GetScimGroupOutput:
		return out.Resource.V
	case *api.CreateScimGroupOutput:
		return out.Resource.V
	case *api.ReplaceScimGroupOutput:
		return out.Resource.V
	case *api.PatchScimGroupOutput:
		return out.Resource.V
	}
	return "{}"
}

// withoutMembers tells that members need not be read.
func (c *call) withoutMembers() api.Opt[bool] {
	only, excluded := c.wanted()
	unwanted := strings.TrimSpace(only) != "" && !schema.Groups.Lists(only, "members")
	return api.Some(unwanted || schema.Groups.Lists(excluded, "members"))
}

// listing is what is asked of a list.
type listing struct {
	filter, sortBy api.Opt[string]
	descending     api.Opt[bool]
	start, count   api.Opt[int]
}

func (c *call) listing() listing {
	return listing{
		filter: api.NonZero(strings.TrimSpace(c.query.Get("filter"))), sortBy: api.NonZero(c.query.Get("sortBy")),
		descending: api.Some(strings.EqualFold(c.query.Get("sortOrder"), "descending")),
		start:      number(c.query, "startIndex"), count: number(c.query, "count"),
	}
}

// number reads a number of the query; what is less than zero is zero, what is none is
// not there.
func number(query url.Values, name string) api.Opt[int] {
	n, err := strconv.Atoi(query.Get(name))
	if err != nil && !errors.Is(err, strconv.ErrRange) { // n is the nearest then
		return api.Opt[int]{}
	}
	return api.Some(min(max(n, 0), math.MaxInt32))
}
