package schema

// common are what every resource has.
var common = []Attribute{
	{Name: "id", Kind: Text, Exact: true, ReadOnly: true},
	{Name: "externalId", Kind: Text, Exact: true},
	{Name: "schemas", Kind: Reference, Many: true, ReadOnly: true},
	{Name: "meta", Kind: Complex, ReadOnly: true, Parts: []Attribute{
		{Name: "resourceType", Kind: Text, Exact: true, ReadOnly: true},
		{Name: "created", Kind: DateTime, ReadOnly: true},
		{Name: "lastModified", Kind: DateTime, ReadOnly: true},
		{Name: "location", Kind: Reference, ReadOnly: true},
		{Name: "version", Kind: Text, Exact: true, ReadOnly: true},
	}},
}

// texts are attributes of one text each.
func texts(names ...string) []Attribute {
	list := make([]Attribute, len(names))
	for i, name := range names {
		list[i] = Attribute{Name: name, Kind: Text}
	}
	return list
}

// list is an attribute with many values, each with a type and one of them the first.
func list(name string, more ...Attribute) Attribute {
	parts := append(more, texts("display", "type")...)
	return Attribute{Name: name, Kind: Complex, Many: true, Parts: append(parts, Attribute{Name: "primary", Kind: Boolean})}
}

func values(name string) Attribute { return list(name, texts("value")...) }

// Users is the type of users.
var Users = &Type{
	Name: "User", Endpoint: "/Users",
	Core: Schema{ID: User, Name: "User", Description: "User Account", Attributes: concat(common,
		[]Attribute{{Name: "userName", Kind: Text, Required: true}},
		[]Attribute{{Name: "name", Kind: Complex, Parts: texts("formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix")}},
		texts("displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone"),
		[]Attribute{
			{Name: "active", Kind: Boolean},
			{Name: "password", Kind: Text, WriteOnly: true},
			values("emails"), values("phoneNumbers"), values("ims"), values("photos"), values("entitlements"), values("roles"), values("x509Certificates"),
			list("addresses", texts("formatted", "streetAddress", "locality", "region", "postalCode", "country")...),
			{Name: "groups", Kind: Complex, Many: true, ReadOnly: true, Parts: concat(texts("value", "display", "type"), []Attribute{{Name: "$ref", Kind: Reference}})},
		})},
	Extensions: []Schema{{
		ID: Enterprise, Name: "EnterpriseUser", Description: "Enterprise User",
		Attributes: concat(texts("employeeNumber", "costCenter", "organization", "division", "department"), []Attribute{
			{Name: "manager", Kind: Complex, Parts: concat(texts("value", "displayName"), []Attribute{{Name: "$ref", Kind: Reference}})},
		}),
	}},
}

// Groups is the type of groups.
var Groups = &Type{
	Name: "Group", Endpoint: "/Groups",
	Core: Schema{ID: Group, Name: "Group", Description: "Group", Attributes: concat(common,
		[]Attribute{{Name: "displayName", Kind: Text, Required: true}},
		[]Attribute{{Name: "members", Kind: Complex, Many: true, Parts: []Attribute{
			{Name: "value", Kind: Text, Exact: true}, {Name: "display", Kind: Text}, {Name: "type", Kind: Text}, {Name: "$ref", Kind: Reference},
		}}})},
}

func concat(lists ...[]Attribute) (all []Attribute) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
