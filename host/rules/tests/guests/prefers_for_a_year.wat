;; Lets the customer wait for one agent for a year.
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 256))
(data (i32.const 260) "\01")
(data (i32.const 264) "\00\02\00\00\05\00\00\00")
(data (i32.const 284) "\01")
(data (i32.const 288) "\00\02\00\00\05\00\00\00")
(data (i32.const 296) "\80\33\e1\01") ;; 31,536,000
(data (i32.const 512) "sales")
