;; A follower that wants to be asked in a year.
(func (export "timonel:rules/following@0.1.0#moments") (param i32 i32) (result i32) (i32.const 512))
(data (i32.const 512) "\08\02\00\00\01\00\00\00") ;; one moment, at 520
(data (i32.const 520) "\18\02\00\00\05\00\00\00" "\80\33\e1\01") ;; since, at 536; 31,536,000 seconds
(data (i32.const 536) "quiet")
