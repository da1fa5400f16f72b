;; A watcher that says what it watches, and traps when it tidies up.
(func (export "cabi_post_timonel:rules/alerting@0.1.0#watches") (param i32) (unreachable))
