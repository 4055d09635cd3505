package trail

// signIn writes the record of a sign-in at the console, as CloudTrail has them.
func (w *writer) signIn() {
	outcome := "Success"
	if w.event.Refusal != nil {
		outcome = "Failure"
	}
	w.identity(w.event.Caller)
	w.what("ConsoleLogin", w.asked.SourceIP, w.asked.UserAgent)
	w.refusal()
	w.b = append(w.b, pAsked, pNull, pAnswered)
	w.b = append(w.b, `{"ConsoleLogin":"`+outcome+`"}`...)
	w.additional()
	w.text(pRequestID, w.asked.ID)
	w.put(pEventID)
	w.readOnly(false)
	w.b = append(w.b, `,"eventType":"AwsConsoleSignIn"`...)
	w.put(pRecipient)
	w.put(pEnd)
	w.tls()
	w.b = append(w.b, '}')
}
