;; A watcher that says what it watches, and never comes to an end of tidying up.
(func (export "cabi_post_timonel:rules/alerting@0.1.0#watches") (param i32) (loop $again (br $again)))
