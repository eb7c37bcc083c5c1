"""Requests and grievances of residents: forms that a facility defines, answers, levels and deadlines (KSK-5).

Words: a *form* asks questions and says who answers, how soon, and how often one may ask again; a *request* is one
filled in, a *grievance* one that complains; each time it is asked it has a *level*, answered by somebody who answered
none before (database rule). An *emergency* has hours, not working days (REC2). Promises: filing is free and never
refused by a balance or a restriction; what was filed is pinned with the questions as they were; what was answered is
never changed; no deadline ends a request silently: unanswered in time, it may go to the next level.
"""
