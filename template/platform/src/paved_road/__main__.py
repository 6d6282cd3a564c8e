from paved_road.cli.main import main

main()
