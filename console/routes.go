package console

import "net/http"

// routes are all pages and forms.
func (c *Console) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, show := range map[string]func(*page) error{
		"GET /ui/{$}":                                            overview,
		"GET /ui/accounts":                                       listAccounts,
		"POST /ui/accounts":                                      createAccount,
		"GET /ui/accounts/{account}":                             listUsers,
		"POST /ui/accounts/{account}":                            updateAccount,
		"POST /ui/accounts/{account}/settings":                   updateAccountSettings,
		"POST /ui/accounts/{account}/invite":                     inviteUsers,
		"POST /ui/accounts/{account}/users":                      createUser,
		"GET /ui/accounts/{account}/users.csv":                   exportUsers,
		"GET /ui/accounts/{account}/bulk":                        previewBulk,
		"POST /ui/accounts/{account}/bulk":                       startBulk,
		"GET /ui/accounts/{account}/results/{task}":              showTask,
		"POST /ui/accounts/{account}/results/{task}":             continueTask,
		"GET /ui/accounts/{account}/results/{task}/refusals.csv": taskCSV,
		"GET /ui/accounts/{account}/users/{user}":                showUser,
		"POST /ui/accounts/{account}/users/{user}/{action}":      changeUser,
		"GET /ui/once/{page}":                                    showSecret,
		"POST /ui/sign-out":                                      signOut,
		"/ui/":                                                   notFound,
	} {
		mux.HandleFunc(pattern, private(show))
	}
	for _, part := range []map[string]func(*page) error{roomPages, numberPages, operatorPages} {
		for pattern, show := range part {
			mux.HandleFunc(pattern, private(show))
		}
	}
	for pattern, show := range tabPages {
		mux.HandleFunc(pattern, private(show))
	}
	mux.HandleFunc("GET /ui/sign-in", public(showSignIn))
	mux.HandleFunc("POST /ui/sign-in", public(signIn))
	mux.HandleFunc("GET /ui/assets/{name}", public(showAsset))
	return mux
}

// roomPages are those of rooms and bots.
var roomPages = map[string]func(*page) error{
	"GET /ui/accounts/{account}/rooms":                  listRooms,
	"POST /ui/accounts/{account}/rooms":                 createRoom,
	"GET /ui/accounts/{account}/rooms/{room}":           showRoom,
	"POST /ui/accounts/{account}/rooms/{room}/{action}": changeRoom,
	"GET /ui/accounts/{account}/bots":                   listBots,
	"POST /ui/accounts/{account}/bots":                  createBot,
	"GET /ui/accounts/{account}/bots/{bot}":             showBot,
	"POST /ui/accounts/{account}/bots/{bot}/{action}":   changeBot,
}

// numberPages are those of phone numbers.
var numberPages = map[string]func(*page) error{
	"GET /ui/phone-numbers":                    listNumbers,
	"GET /ui/phone-numbers/search":             searchNumbers,
	"GET /ui/phone-numbers/orders":             listOrders,
	"POST /ui/phone-numbers/orders":            orderNumbers,
	"GET /ui/phone-numbers/orders/{order}":     showOrder,
	"GET /ui/phone-numbers/{number}":           showNumber,
	"POST /ui/phone-numbers/{number}/{action}": changeNumber,
}

// operatorPages are those of access, audit and server.
var operatorPages = map[string]func(*page) error{
	"GET /ui/access":                        listIamUsers,
	"POST /ui/access/users":                 createIamUser,
	"GET /ui/access/users/{user}":           showIamUser,
	"POST /ui/access/users/{user}/{action}": changeIamUser,
	"GET /ui/access/policies":               listPolicies,
	"POST /ui/access/policies":              createPolicy,
	"GET /ui/access/policy":                 showPolicy,
	"POST /ui/access/policy/{action}":       changePolicy,
	"GET /ui/access/simulator":              simulate,
	"GET /ui/audit":                         listAudit,
	"GET /ui/audit/records/{event}":         showAuditRecord,
	"GET /ui/audit/verify":                  verifyAudit,
	"GET /ui/server":                        showServer,
	"POST /ui/server/jobs":                  retryJobs,
	"POST /ui/server/clock":                 advanceClock,
	"POST /ui/server/backups":               createBackup,
	"GET /ui/server/backups/{backup}":       showBackup,
	"GET /ui/server/backups/{backup}/file":  downloadBackup,
}

// tabPages are the tabs of an account but that of its users.
var tabPages = map[string]func(*page) error{
	"GET /ui/accounts/{account}/domains":                            listDomains,
	"POST /ui/accounts/{account}/domains/{action}":                  changeDomains,
	"GET /ui/accounts/{account}/invitations":                        listInvitations,
	"GET /ui/accounts/{account}/invitations/{invitation}":           showInvitation,
	"POST /ui/accounts/{account}/invitations/{invitation}/{action}": changeInvitation,
	"GET /ui/accounts/{account}/retention":                          showRetention,
	"POST /ui/accounts/{account}/retention":                         putRetention,
	"GET /ui/accounts/{account}/settings":                           showAccountSettings,
	"GET /ui/accounts/{account}/import":                             showImportForm,
	"POST /ui/accounts/{account}/import":                            receiveImport,
	"GET /ui/accounts/{account}/import/{task}":                      showImport,
	"POST /ui/accounts/{account}/import/{task}":                     goOnImport,
	"GET /ui/accounts/{account}/import/{task}/rejects":              downloadRejects,
	"GET /ui/accounts/{account}/activity":                           downloadReport,
	"GET /ui/accounts/{account}/scim":                               showScim,
	"POST /ui/accounts/{account}/scim/{action}":                     changeScim,
	"GET /ui/accounts/{account}/delete":                             askDeleteAccount,
	"POST /ui/accounts/{account}/delete":                            deleteAccount,
}
