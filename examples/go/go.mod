module outrigger.example/wait

go 1.22
