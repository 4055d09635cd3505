package scim

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// omitted stands for what is not shown.
const omitted = "…"

// Shown returns of the address of a request what may be kept: where it went, the ids
// of Carillon in it, and the names of its parameters. Ids of other forms, which may
// be names or addresses of people, and the values of filters are left out.
func Shown(r *http.Request) string {
	segments, err := split(r.URL.EscapedPath())
	if err != nil || len(segments) > 2 {
		return "/" + omitted
	}
	path := "/" + knownAs(segments[0], "Users", "Groups", "Bulk", "ServiceProviderConfig", "ResourceTypes", "Schemas", "Me", ".search")
	if len(segments) == 2 {
		path += "/" + shownID(segments[1])
	}
	if query := shownQuery(r.URL.Query()); query != "" {
		path += "?" + query
	}
	return path
}

// knownAs returns how one of some names is spelled that are the same in any case.
func knownAs(name string, names ...string) string {
	i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	if i < 0 {
		return omitted
	}
	return names[i]
}

// shownID returns an id that Carillon has made, or the name of something that is no
// person.
func shownID(id string) string {
	if known := knownAs(id, "Basic", "Pro", ".search", "User", "Group"); known != omitted {
		return known
	}
	if len(id) == 36 && strings.Count(id, "-") == 4 && strings.Trim(strings.ToLower(id), "0123456789abcdef-") == "" {
		return id
	}
	return omitted
}

func shownQuery(q url.Values) string {
	var list []string
	for name, values := range q {
		known := canonical(name)
		switch _, err := strconv.Atoi(values[0]); {
		case err == nil && (known == "startIndex" || known == "count") && len(values[0]) < 12:
			list = append(list, known+"="+values[0])
		default:
			list = append(list, knownAs(name, "filter", "sortBy", "sortOrder", "startIndex", "count", "attributes", "excludedAttributes")+"="+omitted)
		}
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), "&")
}
