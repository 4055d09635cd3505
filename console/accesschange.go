package console

import (
	"carillon/api"
	"carillon/api/iam"
)

// changeIamUser does what a form of the user's page asks for.
func changeIamUser(p *page) error {
	name, action := p.r.PathValue("user"), p.r.PathValue("action")
	if action == "create-key" {
		return createKey(p, name)
	}
	err, known := p.changeIam(name, action)
	switch {
	case !known:
		return notFound(p)
	case err == nil && action == "delete":
		return p.tell(accessPath, result{Text: "The user " + name + " was deleted."})
	}
	return p.done(iamUserPath(name), action, err, "Done.")
}

func (p *page) changeIam(name, action string) (err error, known bool) {
	calls, ctx, user := p.iam(), p.r.Context(), api.Some(name)
	value := func(member string) api.Opt[string] { return api.NonZero(p.r.PostFormValue(member)) }
	switch action {
	case "delete":
		err = calls.DeleteUser(ctx, &iam.DeleteUserInput{UserName: user})
	case "key-status":
		err = calls.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{UserName: user, AccessKeyId: value("AccessKeyId"), Status: api.NonZero(iam.StatusType(p.r.PostFormValue("Status")))})
	case "delete-key":
		err = calls.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: user, AccessKeyId: value("AccessKeyId")})
	case "attach":
		err = calls.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: user, PolicyArn: value("PolicyArn")})
	case "detach":
		err = calls.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{UserName: user, PolicyArn: value("PolicyArn")})
	case "put-policy":
		err = calls.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: user, PolicyName: value("PolicyName"), PolicyDocument: value("PolicyDocument")})
	case "delete-policy":
		err = calls.DeleteUserPolicy(ctx, &iam.DeleteUserPolicyInput{UserName: user, PolicyName: value("PolicyName")})
	default:
		return nil, false
	}
	return err, true
}

// createKey makes a key, whose secret one page shows once.
func createKey(p *page, name string) error {
	out, err := p.iam().CreateAccessKey(p.r.Context(), &iam.CreateAccessKeyInput{UserName: api.Some(name)})
	if err != nil {
		return p.done(iamUserPath(name), "create-key", err, "")
	}
	key := out.AccessKey
	return p.showOnce(once{
		Title: "New access key", Text: "The access key was created.",
		Values:  []labelled{{"Access key ID", key.AccessKeyId}, {"Secret access key", key.SecretAccessKey}},
		Back:    link{Label: name, URL: iamUserPath(name)},
		Command: awsIAM("create-access-key", "--user-name", name),
	})
}
