;; Never even begins.
(func $start (loop $again (br $again)))
(start $start)
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 128))
