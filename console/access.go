package console

import (
	"net/http"

	"carillon/api"
	"carillon/api/iam"
)

const accessPath = Root + "access"

// accessList is what the list of IAM users shows.
type accessList struct {
	Users []iam.User
	Next  string
	Forms []*form
}

// iam are the operations of IAM.
func (p *page) iam() iam.Calls { return p.do }

// mayIAM is [page.may] with the input of the operation as far as it is known:
// policies can be about single users.
func (p *page) mayIAM(operation string, in api.Input) bool {
	return p.c.Dispatch.Permitted(p.r.Context(), p.call(iam.Operation(operation), in))
}

// accessTabs are the pages of the part.
func (p *page) accessTabs() (list []link) {
	for _, t := range []struct{ label, path, operation string }{
		{"Users", accessPath, "ListUsers"},
		{"Policies", accessPath + "/policies", "ListPolicies"},
		{"Simulator", accessPath + "/simulator", "SimulatePrincipalPolicy"},
	} {
		if p.may("iam:" + t.operation) {
			list = append(list, link{t.label, t.path, p.r.URL.Path == t.path})
		}
	}
	return list
}

// accessCrumbs lead to a page below a tab.
func accessCrumbs(label string, tabs ...link) []link {
	return append(append([]link{{Label: "Access", URL: accessPath}}, tabs...), link{Label: label, Current: true})
}

// awsIAM is a command of the AWS CLI.
func awsIAM(words ...string) string { return command(append([]string{"aws", "iam"}, words...)...) }

func listIamUsers(p *page) error {
	out, err := p.iam().ListUsers(p.r.Context(), &iam.ListUsersInput{Marker: api.NonZero(p.r.FormValue("page")), MaxItems: api.Some(pageRows)})
	if err != nil {
		return err
	}
	list := &accessList{Users: out.Users}
	if out.Marker.V != "" {
		list.Next = p.with("page", out.Marker.V)
	}
	commands := []string{awsIAM("list-users")}
	if p.may("iam:CreateUser") {
		list.Forms = append(list.Forms, p.filled(form{Name: "create", Action: accessPath + "/users", Title: "Create a user", Button: "Create user", Fields: []field{
			{Name: "UserName", Label: "User name", Required: true, Hint: "1 to 64 letters, digits and characters of +=,.@_-"},
		}}))
		commands = append(commands, awsIAM("create-user", "--user-name", "alice"))
	}
	return p.show(http.StatusOK, "access", view{Title: "Access", Tabs: p.accessTabs(), Commands: commands, Body: list})
}

func createIamUser(p *page) error {
	name := p.r.PostFormValue("UserName")
	out, err := p.iam().CreateUser(p.r.Context(), &iam.CreateUserInput{UserName: api.NonZero(name)})
	if err != nil {
		return p.done(accessPath, "create", err, "")
	}
	return p.tell(iamUserPath(out.User.UserName), result{Text: "The user was created. Without policies it may do nothing."})
}
