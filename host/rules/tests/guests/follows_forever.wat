;; A follower that never comes to an end.
(func (export "timonel:rules/following@0.1.0#follow") (param i32) (result i32) (loop $again (br $again)) (unreachable))
