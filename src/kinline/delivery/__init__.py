"""What happens to a message: deliver, delay, review or refuse, and why.

Words: a *policy* is one version of a facility's rules; a *decision* is its outcome for one message with the rules
that fired. Promises: the decision is a pure function of facts and policy; the strictest outcome wins; a missing,
broken or unknown rule holds for review (DEL-3).
"""
